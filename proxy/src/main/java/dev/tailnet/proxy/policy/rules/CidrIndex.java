package dev.tailnet.proxy.policy.rules;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Rules by the blocks of addresses they are about. Two blocks are nested or apart, so those that hold an address are a chain: it
 * begins at the last block that starts no later than the address, or at one that encloses that.
 */
final class CidrIndex {
    private static final int NONE = -1;

    private final Cidr[] blocks;
    private final Lanes.Table lanes;
    /** The smallest block around each; or {@link #NONE}. */
    private final int[] around;

    private CidrIndex(Cidr[] blocks, Lanes.Table lanes) {
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

    /** A rule that is about a block. */
    private record Place(Cidr block, int order) {}

    /** Of rules that are given in their order. */
    static CidrIndex of(List<Rule> rules) {
        List<Place> places = new ArrayList<>();
        for (int order = 0; order < rules.size(); order++) {
            for (Cidr cidr : rules.get(order).cidrs()) {
                places.add(new Place(cidr, order));
            }
        }
        places.sort(Comparator.comparing(Place::block)); // stable: the rules of each block stay in their order
        Cidr[] blocks = new Cidr[places.size()];
        var lanes = new Lanes.Builder();
        int count = 0;
        for (Place place : places) {
            if (count == 0 || blocks[count - 1].compareTo(place.block()) != 0) {
                blocks[count++] = place.block();
            }
            lanes.add(count - 1, place.order(), rules.get(place.order()).effect());
        }
        return new CidrIndex(Arrays.copyOf(blocks, count), lanes.build(rules, count));
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
                visitor.accept(blocks[at], lanes.at(at));
            }
        }
    }
}
