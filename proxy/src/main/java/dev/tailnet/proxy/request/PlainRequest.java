package dev.tailnet.proxy.request;

/**
 * A request of plain HTTP, as far as it may be judged.
 *
 * @param method as the client wrote it; methods are case-sensitive
 * @param target in origin form: path and query
 */
public record PlainRequest(String method, String target) {}
