package dev.tailnet.proxy.policy.rules;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Rules by the blocks of addresses they are about. Two blocks are nested or apart, so those that hold an address are a chain: it
 * begins at the last block that starts no later than the address, or at one that encloses that.
 */
final class CidrIndex {
    private static final int NONE = -1;

    private final Cidr[] blocks;
    private final Lanes[] lanes;
    /** The smallest block around each; or {@link #NONE}. */
    private final int[] around;

    private CidrIndex(Cidr[] blocks, Lanes[] lanes) {
        this.blocks = blocks;
        this.lanes = lanes;
        this.around = new int[blocks.length];
        for (int i = 0; i < blocks.length; i++) {
            int candidate = i - 1;
            while (candidate != NONE && !blocks[candidate].contains(blocks[i])) {
                candidate = around[candidate];
            }
            around[i] = candidate;
        }
    }

    /** Of rules that are given in their order. */
    static CidrIndex of(List<Rule> rules) {
        Map<Cidr, Lanes.Builder> builders = new HashMap<>();
        for (int order = 0; order < rules.size(); order++) {
            Rule rule = rules.get(order);
            for (Cidr cidr : rule.cidrs()) {
                builders.computeIfAbsent(cidr, first -> new Lanes.Builder()).add(order, rule.effect());
            }
        }
        Cidr[] blocks = builders.keySet().toArray(new Cidr[0]);
        Arrays.sort(blocks);
        Lanes[] lanes = new Lanes[blocks.length];
        for (int i = 0; i < blocks.length; i++) {
            lanes[i] = builders.getOrDefault(blocks[i], new Lanes.Builder()).build(rules);
        }
        return new CidrIndex(blocks, lanes);
    }

    void visit(InetAddress address, BiConsumer<Cidr, Lanes> visitor) {
        visitCovering(Cidr.of(address), visitor);
    }

    /** Shows the rules whose blocks hold all of one, itself included; from the smallest to the largest. */
    void visitCovering(Cidr cidr, BiConsumer<Cidr, Lanes> visitor) {
        int at = Arrays.binarySearch(blocks, cidr);
        at = at >= 0 ? at : -at - 2;
        for (; at != NONE; at = around[at]) {
            if (blocks[at].contains(cidr)) {
                visitor.accept(blocks[at], lanes[at]);
            }
        }
    }
}
