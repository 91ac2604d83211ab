/**
 * Datagrams of UDP between clients and targets: each target is decided upon once, by {@code connect}, before anything is sent
 * there; what comes while it is decided waits, within bounds, and what finds no room is dropped and counted. Knows no
 * protocol: front ends say what belongs together and what an answer looks like.
 */
@NullMarked
package dev.tailnet.proxy.datagram;

import org.jspecify.annotations.NullMarked;
