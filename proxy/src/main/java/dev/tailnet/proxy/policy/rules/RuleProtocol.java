package dev.tailnet.proxy.policy.rules;

/** What a rule may be narrowed to. */
public enum RuleProtocol {
    /** Everything over TCP, plain HTTP requests included. */
    TCP,
    UDP,
    /** Requests of plain HTTP that the proxy itself passes on; what is in a tunnel is not read. */
    HTTP
}
