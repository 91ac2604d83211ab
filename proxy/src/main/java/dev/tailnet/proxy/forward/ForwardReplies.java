package dev.tailnet.proxy.forward;

import dev.tailnet.proxy.connect.Replies;
import dev.tailnet.proxy.request.ConnectFailure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** What a client of a forward is told: nothing, as every byte would be taken for the target's. */
final class ForwardReplies implements Replies {
    static final ForwardReplies INSTANCE = new ForwardReplies();

    private ForwardReplies() {}

    @Override
    public ByteBuf established(ByteBufAllocator allocator) {
        return Unpooled.EMPTY_BUFFER;
    }

    @Override
    public @Nullable ByteBuf failed(ByteBufAllocator allocator, ConnectFailure failure) {
        return null;
    }
}
