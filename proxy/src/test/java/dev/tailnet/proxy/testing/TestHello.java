package dev.tailnet.proxy.testing;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Makes first messages of TLS that no ordinary client sends. */
public final class TestHello {
    public static final int SERVER_NAME = 0;
    public static final int ENCRYPTED_CLIENT_HELLO = 0xfe0d;

    private TestHello() {}

    /** One with a server name, and after it these extensions, each with a server name as its content. */
    public static byte[] of(String name, int... more) {
        return record(extensions -> {
            extension(extensions, SERVER_NAME, list(name));
            for (int type : more) {
                extension(extensions, type, list("other.example"));
            }
        });
    }

    /** One with several names in its list. */
    public static byte[] withNames(String... names) {
        return record(extensions -> extension(extensions, SERVER_NAME, list(names)));
    }

    private interface Writer {
        void write(DataOutputStream out) throws IOException;
    }

    private static byte[] record(Writer extensions) {
        byte[] body = bytes(out -> {
            out.writeShort(0x303);
            out.write(new byte[32]);
            out.writeByte(0);
            out.writeShort(2);
            out.writeShort(0x1301);
            out.writeByte(1);
            out.writeByte(0);
            byte[] all = bytes(extensions);
            out.writeShort(all.length);
            out.write(all);
        });
        return bytes(out -> {
            out.writeByte(22);
            out.writeShort(0x301);
            out.writeShort(body.length + 4);
            out.writeInt(1 << 24 | body.length);
            out.write(body);
        });
    }

    private static void extension(DataOutputStream out, int type, byte[] content) throws IOException {
        out.writeShort(type);
        out.writeShort(content.length);
        out.write(content);
    }

    private static byte[] list(String... names) {
        byte[] entries = bytes(out -> {
            for (String name : names) {
                out.writeByte(0);
                out.writeShort(name.length());
                out.write(name.getBytes(StandardCharsets.US_ASCII));
            }
        });
        return bytes(out -> {
            out.writeShort(entries.length);
            out.write(entries);
        });
    }

    private static byte[] bytes(Writer writer) {
        var bytes = new ByteArrayOutputStream();
        try {
            writer.write(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
