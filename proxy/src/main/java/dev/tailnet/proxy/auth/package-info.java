/** Who a client is: user names and passwords, checked against hashes. Reads no file and speaks no protocol: the front ends bring the credentials. */
@NullMarked
package dev.tailnet.proxy.auth;

import org.jspecify.annotations.NullMarked;
