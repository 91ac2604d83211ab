/**
 * The socket that the tailscale command talks to: accepts, and gives each client to the node, whose LocalAPI answers. Neither the
 * protocol nor who may do what is decided here. For {@code dev.tailnet.agent} to call.
 */
@NullMarked
package dev.tailnet.agent.localapi;

import org.jspecify.annotations.NullMarked;
