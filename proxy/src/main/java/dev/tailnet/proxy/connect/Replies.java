package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.request.ConnectFailure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** What a protocol tells its client. Without state: one for all connections. */
public interface Replies {

    /** The tunnel stands; what follows on the connection are the tunnel's bytes. */
    ByteBuf established(ByteBufAllocator allocator);

    /** There is no tunnel; the connection closes after this, or is reset when the protocol has no word for it: null. */
    @Nullable
    ByteBuf failed(ByteBufAllocator allocator, ConnectFailure failure);
}
