package dev.tailnet.agent.check;

/**
 * The tailnet as the node's LocalAPI tells.
 *
 * @param inTouch whether the node is connected to its control server
 * @param magicDns whether the tailnet has MagicDNS
 * @param suffix its domain, without dots at its ends
 * @param acceptDns whether the node uses the tailnet's DNS
 * @param acceptRoutes whether it uses subnet routes
 */
public record TailnetView(boolean inTouch, boolean magicDns, String suffix, boolean acceptDns, boolean acceptRoutes) {}
