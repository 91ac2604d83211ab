package dev.tailnet.proxy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The import directions inside the proxy. */
@AnalyzeClasses(packages = "dev.tailnet.proxy", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule directions = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("server")
            .definedBy("..proxy.server..")
            .layer("front ends")
            .definedBy("..proxy.socks..", "..proxy.http..", "..proxy.forward..")
            .layer("names")
            .definedBy("..proxy.dns..")
            .layer("datagram")
            .definedBy("..proxy.datagram..")
            .layer("connect")
            .definedBy("..proxy.connect..")
            .layer("steps")
            .definedBy(
                    "..proxy.policy..",
                    "..proxy.route..",
                    "..proxy.dial..",
                    "..proxy.relay..",
                    "..proxy.audit..",
                    "..proxy.peek..",
                    "..proxy.resolve..")
            .layer("connection")
            .definedBy("..proxy.connection..")
            .layer("auth")
            .definedBy("..proxy.auth..")
            .layer("request")
            .definedBy("..proxy.request..")
            .whereLayer("server")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("front ends")
            .mayOnlyBeAccessedByLayers("server")
            .whereLayer("names")
            .mayOnlyBeAccessedByLayers("server")
            .whereLayer("datagram")
            .mayOnlyBeAccessedByLayers("server", "front ends")
            .whereLayer("connect")
            .mayOnlyBeAccessedByLayers("server", "front ends", "datagram")
            .whereLayer("steps")
            .mayOnlyBeAccessedByLayers("connect", "datagram", "names")
            .whereLayer("auth")
            .mayOnlyBeAccessedByLayers("server", "front ends")
            .whereLayer("connection")
            .mayOnlyBeAccessedByLayers("server", "front ends", "connect");

    @ArchTest
    static final ArchRule stepsDoNotKnowOneAnother = slices().matching(
                    "dev.tailnet.proxy.(policy|route|dial|relay|audit|peek|resolve)..")
            .should()
            .notDependOnEachOther();

    @ArchTest
    static final ArchRule frontEndsDoNotKnowOneAnother = slices().matching("dev.tailnet.proxy.(socks|http|forward)..")
            .should()
            .notDependOnEachOther();

    @ArchTest
    static final ArchRule namesOpenNoConnections = noClasses()
            .that()
            .resideInAPackage("..proxy.dns..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..proxy.dial..", "..proxy.relay..", "..proxy.audit..", "..proxy.connection..");

    @ArchTest
    static final ArchRule policyIsPure = noClasses()
            .that()
            .resideInAnyPackage("..proxy.policy..", "..proxy.request..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.netty..", "java.io..", "java.nio.channels..", "java.nio.file..");

    @ArchTest
    static final ArchRule nothingOfTheOtherModules = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.tailnet.bridge..", "dev.tailnet.agent..", "com.sun.jna..");
}
