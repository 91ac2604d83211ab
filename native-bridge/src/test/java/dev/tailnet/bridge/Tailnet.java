package dev.tailnet.bridge;

import dev.tailnet.testnet.TestNetwork;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests one {@link TestNetwork}, started with the first of them and closed after the last. */
final class Tailnet implements ParameterResolver {

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TestNetwork.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(Tailnet.class))
                .computeIfAbsent(TestNetwork.class, type -> TestNetwork.start(), TestNetwork.class);
    }
}
