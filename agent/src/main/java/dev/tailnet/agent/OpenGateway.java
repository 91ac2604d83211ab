package dev.tailnet.agent;

import dev.tailnet.proxy.dial.Gateway;
import dev.tailnet.proxy.dial.Upstream;
import dev.tailnet.proxy.request.Target;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** A gateway that carries nothing new while it is not open. */
record OpenGateway(Gateway gateway, BooleanSupplier isOpen) implements Gateway {

    @Override
    public boolean carries(Target target) {
        return isOpen.getAsBoolean() && gateway.carries(target);
    }

    @Override
    public boolean carries(Target target, InetAddress address) {
        return isOpen.getAsBoolean() && gateway.carries(target, address);
    }

    @Override
    public Future<Upstream> dial(long id, Target target, Duration timeout, EventExecutor executor) {
        return gateway.dial(id, target, timeout, executor);
    }

    @Override
    public Future<Upstream> dial(long id, InetSocketAddress remote, Duration timeout, EventExecutor executor) {
        return gateway.dial(id, remote, timeout, executor);
    }
}
