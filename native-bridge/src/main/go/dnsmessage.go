package main

import (
	"errors"
	"net/netip"

	"golang.org/x/net/dns/dnsmessage"
)

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

// parseResponse takes the addresses out of a response. When it has none but ends in an alias, it returns that.
func parseResponse(raw []byte, name string, kind dnsmessage.Type) (found answer, alias string, err error) {
	var parser dnsmessage.Parser
	header, err := parser.Start(raw)
	if err != nil {
		return answer{}, "", failf(codeResolveFailed, "bad answer for %s: %v", name, err)
	}
	switch header.RCode {
	case dnsmessage.RCodeSuccess:
	case dnsmessage.RCodeNameError:
		return answer{}, "", failf(codeNoSuchName, "%s does not exist", name)
	default:
		return answer{}, "", failf(codeResolveFailed, "the resolver of %s answers %s", name, rcodeName(header.RCode))
	}
	if err := parser.SkipAllQuestions(); err != nil {
		return answer{}, "", failf(codeResolveFailed, "bad answer for %s: %v", name, err)
	}
	for {
		record, err := parser.AnswerHeader()
		if errors.Is(err, dnsmessage.ErrSectionDone) {
			return found, alias, nil
		}
		if err == nil {
			err = takeRecord(&parser, record, kind, &found, &alias)
		}
		if err != nil {
			return answer{}, "", failf(codeResolveFailed, "bad answer for %s: %v", name, err)
		}
	}
}

func takeRecord(parser *dnsmessage.Parser, record dnsmessage.ResourceHeader, kind dnsmessage.Type, found *answer, alias *string) error {
	switch {
	case record.Type == dnsmessage.TypeA && kind == dnsmessage.TypeA:
		a, err := parser.AResource()
		if err != nil {
			return err
		}
		found.add(netip.AddrFrom4(a.A), record.TTL)
	case record.Type == dnsmessage.TypeAAAA && kind == dnsmessage.TypeAAAA:
		aaaa, err := parser.AAAAResource()
		if err != nil {
			return err
		}
		found.add(netip.AddrFrom16(aaaa.AAAA), record.TTL)
	case record.Type == dnsmessage.TypeCNAME:
		cname, err := parser.CNAMEResource()
		if err != nil {
			return err
		}
		*alias = canonical(cname.CNAME.String())
	default:
		return parser.SkipAnswer()
	}
	return nil
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
