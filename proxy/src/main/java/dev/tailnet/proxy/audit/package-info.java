/** What the proxy tells about each request: one decision, and one close for each tunnel. Records and logs; decides nothing. */
@NullMarked
package dev.tailnet.proxy.audit;

import org.jspecify.annotations.NullMarked;
