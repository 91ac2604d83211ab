package main

import (
	"errors"
	"net/netip"

	"golang.org/x/net/dns/dnsmessage"
)

// records is what a response says about one type of address. Without addresses, ttl is how long to believe that.
type records struct {
	addrs []netip.Addr
	alias string // the end of the chain of aliases that the response has
	ttl   uint32
	err   error
}

func buildQuery(name string, kind dnsmessage.Type) ([]byte, error) {
	full, err := dnsmessage.NewName(name + ".")
	if err != nil {
		return nil, err
	}
	builder := dnsmessage.NewBuilder(nil, dnsmessage.Header{ID: 1, RecursionDesired: true})
	if err := builder.StartQuestions(); err != nil {
		return nil, err
	}
	if err := builder.Question(dnsmessage.Question{Name: full, Type: kind, Class: dnsmessage.ClassINET}); err != nil {
		return nil, err
	}
	return builder.Finish()
}

// parseResponse takes the addresses out of a response.
func parseResponse(raw []byte, name string, kind dnsmessage.Type) records {
	bad := func(err error) records {
		return records{err: failf(codeResolveFailed, "bad answer for %s: %v", name, err)}
	}
	var parser dnsmessage.Parser
	header, err := parser.Start(raw)
	if err != nil {
		return bad(err)
	}
	if header.RCode != dnsmessage.RCodeSuccess && header.RCode != dnsmessage.RCodeNameError {
		return records{err: failf(codeResolveFailed, "the resolver of %s answers %s", name, rcodeName(header.RCode))}
	}
	if err := parser.SkipAllQuestions(); err != nil {
		return bad(err)
	}
	found := records{ttl: ttlUnknown}
	if err := found.takeAnswers(&parser, kind); err != nil {
		return bad(err)
	}
	if len(found.addrs) > 0 {
		return found
	}
	negative, err := negativeTTL(&parser)
	if err != nil {
		return bad(err)
	}
	found.ttl = min(found.ttl, negative)
	if header.RCode == dnsmessage.RCodeNameError {
		found.alias = "" // the code is about the last name of the chain (RFC 2308, section 2.1)
		found.err = failf(codeNoSuchName, "%s does not exist", name)
	}
	return found
}

func (r *records) takeAnswers(parser *dnsmessage.Parser, kind dnsmessage.Type) error {
	for {
		record, err := parser.AnswerHeader()
		if errors.Is(err, dnsmessage.ErrSectionDone) {
			return nil
		}
		if err == nil {
			err = r.take(parser, record, kind)
		}
		if err != nil {
			return err
		}
	}
}

func (r *records) take(parser *dnsmessage.Parser, record dnsmessage.ResourceHeader, kind dnsmessage.Type) error {
	switch {
	case record.Type == dnsmessage.TypeA && kind == dnsmessage.TypeA:
		a, err := parser.AResource()
		if err != nil {
			return err
		}
		r.addrs = append(r.addrs, netip.AddrFrom4(a.A))
	case record.Type == dnsmessage.TypeAAAA && kind == dnsmessage.TypeAAAA:
		aaaa, err := parser.AAAAResource()
		if err != nil {
			return err
		}
		r.addrs = append(r.addrs, netip.AddrFrom16(aaaa.AAAA).Unmap())
	case record.Type == dnsmessage.TypeCNAME:
		cname, err := parser.CNAMEResource()
		if err != nil {
			return err
		}
		r.alias = canonical(cname.CNAME.String())
	default:
		return parser.SkipAnswer()
	}
	r.ttl = min(r.ttl, record.TTL)
	return nil
}

// negativeTTL is how long the absence of an answer may be believed: RFC 2308, section 5.
func negativeTTL(parser *dnsmessage.Parser) (uint32, error) {
	for {
		record, err := parser.AuthorityHeader()
		if errors.Is(err, dnsmessage.ErrSectionDone) {
			return ttlUnknown, nil
		}
		if err != nil {
			return 0, err
		}
		if record.Type == dnsmessage.TypeSOA {
			soa, err := parser.SOAResource()
			return min(record.TTL, soa.MinTTL), err
		}
		if err := parser.SkipAuthority(); err != nil {
			return 0, err
		}
	}
}

func rcodeName(code dnsmessage.RCode) string {
	switch code {
	case dnsmessage.RCodeServerFailure:
		return "SERVFAIL"
	case dnsmessage.RCodeRefused:
		return "REFUSED"
	default:
		return code.String()
	}
}
