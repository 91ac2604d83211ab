package dev.tailnet.agent.status;

import dev.tailnet.bridge.BridgeException;
import dev.tailnet.bridge.TailnetNode;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks the node's LocalAPI, one connection for each question. */
public class LocalApi {
    /** A tailnet of ten thousand nodes needs about ten megabytes. */
    private static final int MAX_ANSWER_BYTES = 64 << 20;

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final EventLoopGroup loops;
    private final Supplier<@Nullable TailnetNode> node;

    /** @param node null while there is none */
    public LocalApi(EventLoopGroup loops, Supplier<@Nullable TailnetNode> node) {
        this.loops = loops;
        this.node = node;
    }

    /**
     * GETs a path, in at most three seconds.
     *
     * @param executor completes the result
     * @return the body, or an {@link IOException} whose message says what failed
     */
    public Future<byte[]> get(String path, EventExecutor executor) {
        return get(path, PATIENCE, executor);
    }

    /** GETs a path whose answer takes its time. */
    Future<byte[]> get(String path, Duration patience, EventExecutor executor) {
        return ask(HttpMethod.GET, path, patience, executor);
    }

    /** POSTs to a path that changes nothing of the node, in at most three seconds. */
    Future<byte[]> post(String path, EventExecutor executor) {
        return ask(HttpMethod.POST, path, PATIENCE, executor);
    }

    private Future<byte[]> ask(HttpMethod method, String path, Duration patience, EventExecutor executor) {
        Promise<byte[]> answer = executor.newPromise();
        TailnetNode running = node.get();
        if (running == null) {
            return answer.setFailure(new IOException("the node is not there yet"));
        }
        Channel channel;
        try {
            channel = new EpollDomainSocketChannel(running.openLocalApi());
        } catch (BridgeException e) {
            return answer.setFailure(new IOException(e.getMessage(), e));
        }
        channel.pipeline()
                .addLast(new HttpClientCodec())
                .addLast(new HttpObjectAggregator(MAX_ANSWER_BYTES))
                .addLast(new AnswerHandler(answer));
        var deadline = executor.schedule(
                () -> answer.tryFailure(new IOException("no answer within " + patience.toSeconds() + " s")),
                patience.toMillis(),
                TimeUnit.MILLISECONDS);
        answer.addListener(done -> {
            deadline.cancel(false);
            channel.close();
        });
        loops.register(channel).addListener(registered -> {
            if (registered.isSuccess()) {
                channel.writeAndFlush(request(method, path));
            } else {
                answer.tryFailure(registered.cause());
            }
        });
        return answer;
    }

    private static FullHttpRequest request(HttpMethod method, String path) {
        var request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, path);
        request.headers()
                .set(HttpHeaderNames.HOST, "local-tailscaled.sock")
                .set(HttpHeaderNames.CONTENT_LENGTH, 0)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        return request;
    }

    /** Waits for the one answer. */
    private static final class AnswerHandler extends SimpleChannelInboundHandler<FullHttpResponse> {
        private final Promise<byte[]> answer;

        AnswerHandler(Promise<byte[]> answer) {
            this.answer = answer;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
            if (response.status().equals(HttpResponseStatus.OK)) {
                answer.trySuccess(ByteBufUtil.getBytes(response.content()));
            } else {
                answer.tryFailure(new IOException("the node answered " + response.status()));
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            answer.tryFailure(new IOException("the node closed the connection without an answer"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            answer.tryFailure(cause);
            ctx.close();
        }
    }
}
