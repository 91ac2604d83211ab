package dev.tailnet.agent.testing;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Hashtable;
import java.util.List;
import javax.naming.Context;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;

/** The JDK's own DNS client: UDP, and TCP where a response is truncated. */
public final class DnsLookup {
    private static final String TIMEOUT_MILLIS = "8000";

    private DnsLookup() {}

    /**
     * Asks one server once.
     *
     * @param type {@code A}, {@code TXT} and so on
     * @return the records' data as text, in alphabetical order
     * @throws javax.naming.NameNotFoundException for NXDOMAIN
     * @throws javax.naming.ServiceUnavailableException for SERVFAIL and REFUSED, which the message tells apart
     */
    @SuppressWarnings("BanJNDI") // DNS records are text here: nothing is deserialised
    public static List<String> ask(InetSocketAddress server, String type, String name) throws NamingException {
        var environment = new Hashtable<String, String>();
        environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
        environment.put(
                Context.PROVIDER_URL, "dns://" + server.getAddress().getHostAddress() + ":" + server.getPort() + "/");
        environment.put("com.sun.jndi.dns.timeout.initial", TIMEOUT_MILLIS);
        environment.put("com.sun.jndi.dns.timeout.retries", "1");
        var context = new InitialDirContext(environment);
        try {
            Attribute records = context.getAttributes(name, new String[] {type}).get(type);
            List<String> found = new ArrayList<>();
            if (records != null) {
                for (Object record : Collections.list(records.getAll())) {
                    found.add(record.toString());
                }
            }
            Collections.sort(found);
            return found;
        } finally {
            context.close();
        }
    }
}
