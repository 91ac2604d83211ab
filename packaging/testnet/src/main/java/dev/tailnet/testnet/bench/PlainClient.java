package dev.tailnet.testnet.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A program that knows no proxy, to be run under something that leads it to the tailnet. Prints one number. */
public final class PlainClient {
    private static final int WARM_UP = 300;
    private static final int THREADS = 16;
    private static final int BUFFER_BYTES = 256 * 1024;

    private PlainClient() {}

    /**
     * Measures.
     *
     * @param arguments {@code connect HOST PORT COUNT}, which prints microseconds for each connection, {@code rate HOST PORT COUNT},
     *     which prints how many connections a second 16 threads make, or {@code download HOST PORT BYTES}, which prints Gbit/s
     */
    public static void main(String[] arguments) throws IOException {
        var target = new InetSocketAddress(arguments[1], Integer.parseInt(arguments[2]));
        long amount = Long.parseLong(arguments[3]);
        double result = switch (arguments[0]) {
            case "connect" -> connect(target, amount);
            case "rate" -> rate(target, amount);
            default -> download(target, amount);
        };
        System.out.printf(Locale.ROOT, "%.2f%n", result);
    }

    private static double connect(InetSocketAddress target, long count) throws IOException {
        connectOften(target, WARM_UP);
        long start = System.nanoTime();
        connectOften(target, count);
        return (System.nanoTime() - start) / 1e3 / count;
    }

    private static double rate(InetSocketAddress target, long count) throws IOException {
        connectOften(target, WARM_UP);
        long each = count / THREADS;
        long start = System.nanoTime();
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            var done = new ArrayList<Future<Void>>();
            for (int i = 0; i < THREADS; i++) {
                done.add(threads.submit(() -> {
                    connectOften(target, each);
                    return null;
                }));
            }
            for (Future<Void> one : done) {
                one.get();
            }
        } catch (ExecutionException | InterruptedException e) {
            throw new IOException(e);
        }
        return THREADS * each * 1e9 / (System.nanoTime() - start);
    }

    private static void connectOften(InetSocketAddress target, long count) throws IOException {
        for (long i = 0; i < count; i++) {
            try (var socket = new Socket()) {
                socket.connect(target);
            }
        }
    }

    private static double download(InetSocketAddress target, long bytes) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(target);
            socket.getOutputStream().write(LoadServer.SOURCE);
            var in = socket.getInputStream();
            var buffer = new byte[BUFFER_BYTES];
            long left = bytes;
            long start = System.nanoTime();
            while (left > 0) {
                int count = in.read(buffer);
                if (count < 0) {
                    throw new IOException("the server has hung up");
                }
                left -= count;
            }
            return bytes * 8.0 / (System.nanoTime() - start);
        }
    }
}
