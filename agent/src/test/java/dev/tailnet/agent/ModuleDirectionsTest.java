package dev.tailnet.agent;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Which way imports may go, between the modules and inside the agent. */
@AnalyzeClasses(packages = "dev.tailnet", importOptions = ImportOption.DoNotIncludeTests.class)
class ModuleDirectionsTest {

    @ArchTest
    static final ArchRule THE_PROXY_KNOWS_NEITHER_BRIDGE_NOR_AGENT = noClasses()
            .that()
            .resideInAPackage("dev.tailnet.proxy..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.tailnet.bridge..", "dev.tailnet.agent..");

    @ArchTest
    static final ArchRule THE_BRIDGE_KNOWS_NEITHER_PROXY_NOR_AGENT_NOR_NETTY = noClasses()
            .that()
            .resideInAPackage("dev.tailnet.bridge..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.tailnet.proxy..", "dev.tailnet.agent..", "io.netty..");

    @ArchTest
    static final ArchRule NOBODY_DEPENDS_ON_THE_TEST_NETWORK = noClasses()
            .that()
            .resideInAnyPackage("dev.tailnet.agent..", "dev.tailnet.proxy..", "dev.tailnet.bridge..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.tailnet.testnet..");

    /** The command line loads the library early and has it scrub secrets; the rest of the bridge is not its business. */
    @ArchTest
    static final ArchRule FEW_PACKAGES_KNOW_THE_BRIDGE = noClasses()
            .that()
            .resideInAPackage("dev.tailnet.agent..")
            .and()
            .resideOutsideOfPackages(
                    "dev.tailnet.agent",
                    "dev.tailnet.agent.node",
                    "dev.tailnet.agent.tunnel",
                    "dev.tailnet.agent.expose",
                    "dev.tailnet.agent.localapi",
                    "dev.tailnet.agent.status",
                    "dev.tailnet.agent.cli")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.tailnet.bridge..");

    @ArchTest
    static final ArchRule THE_NODE_KNOWS_NO_TUNNEL_AND_NO_STATUS = noClasses()
            .that()
            .resideInAPackage("dev.tailnet.agent.node..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.tailnet.agent.tunnel..",
                    "dev.tailnet.agent.expose..",
                    "dev.tailnet.agent.status..",
                    "dev.tailnet.agent.metrics..");

    @ArchTest
    static final ArchRule WHAT_THE_SERVICE_MANAGER_HEARS_KNOWS_THE_NODE_ALONE = noClasses()
            .that()
            .resideInAPackage("dev.tailnet.agent.service..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.tailnet.agent.tunnel..",
                    "dev.tailnet.agent.expose..",
                    "dev.tailnet.agent.status..",
                    "dev.tailnet.agent.metrics..",
                    "dev.tailnet.agent.cli..");

    @ArchTest
    static final ArchRule REPORTS_ASK_THE_SYSTEM_ALONE = noClasses()
            .that()
            .resideInAPackage("dev.tailnet.agent.report..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.tailnet.proxy..", "dev.tailnet.bridge..", "io.netty..");

    /** A child would inherit the service manager's socket, and perhaps more. */
    @ArchTest
    static final ArchRule THE_AGENT_STARTS_NO_PROCESS = noClasses()
            .that()
            .resideInAnyPackage("dev.tailnet.agent..", "dev.tailnet.proxy..", "dev.tailnet.bridge..")
            .and()
            .resideOutsideOfPackage("dev.tailnet.agent.cli")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(ProcessBuilder.class);

    @ArchTest
    static final ArchRule THE_AUDIT_KNOWS_ONLY_ITS_SETTINGS = noClasses()
            .that()
            .resideInAPackage("dev.tailnet.agent.audit..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.tailnet.agent",
                    "dev.tailnet.agent.cli..",
                    "dev.tailnet.agent.expose..",
                    "dev.tailnet.agent.metrics..",
                    "dev.tailnet.agent.node..",
                    "dev.tailnet.agent.status..",
                    "dev.tailnet.agent.tunnel..");

    @ArchTest
    static final ArchRule WHAT_IS_EXPOSED_KNOWS_NEITHER_TUNNELS_NOR_STATUS = noClasses()
            .that()
            .resideInAPackage("dev.tailnet.agent.expose..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.tailnet.agent.tunnel..", "dev.tailnet.agent.status..", "dev.tailnet.agent.metrics..");

    @ArchTest
    static final ArchRule THE_SOCKET_FOR_COMMANDS_KNOWS_THE_BRIDGE_ALONE = noClasses()
            .that()
            .resideInAPackage("dev.tailnet.agent.localapi..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.tailnet.proxy..",
                    "dev.tailnet.agent.node..",
                    "dev.tailnet.agent.tunnel..",
                    "dev.tailnet.agent.expose..",
                    "dev.tailnet.agent.status..",
                    "dev.tailnet.agent.metrics..",
                    "dev.tailnet.agent.cli..");

    @ArchTest
    static final ArchRule TUNNELS_AND_STATUS_KNOW_NOTHING_OF_EACH_OTHER = noClasses()
            .that()
            .resideInAPackage("dev.tailnet.agent.tunnel..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.tailnet.agent.status..", "dev.tailnet.agent.metrics..");

    @ArchTest
    static final ArchRule WHAT_THE_COMMAND_LINE_DECIDES_AND_PRINTS_NEEDS_NO_AGENT = noClasses()
            .that()
            .resideInAnyPackage("dev.tailnet.agent.cli.prefs..", "dev.tailnet.agent.cli.text..")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.tailnet..")
                    .and(resideOutsideOfPackages("dev.tailnet.agent.cli.prefs..", "dev.tailnet.agent.cli.text.."))
                    .or(resideInAnyPackage("picocli..", "tools.jackson..", "io.netty..")));

    @ArchTest
    static final ArchRule THE_CHECK_ASKS_THE_AGENT_AND_IS_NO_PART_OF_IT = noClasses()
            .that()
            .resideInAPackage("dev.tailnet.agent.check..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.tailnet.agent.cli..",
                    "dev.tailnet.agent.node..",
                    "dev.tailnet.agent.status..",
                    "dev.tailnet.agent.tunnel..",
                    "dev.tailnet.bridge..",
                    "io.netty..");

    @ArchTest
    static final ArchRule WHAT_IS_OBSERVED_KNOWS_ONLY_THE_AUDIT = noClasses()
            .that()
            .resideInAPackage("dev.tailnet.agent.observe..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.tailnet.agent.page..",
                    "dev.tailnet.agent.status..",
                    "dev.tailnet.agent.tunnel..",
                    "dev.tailnet.agent.node..",
                    "dev.tailnet.agent.expose..");

    @ArchTest
    static final ArchRule THE_PAGE_KNOWS_ONLY_WHAT_IS_OBSERVED = noClasses()
            .that()
            .resideInAPackage("dev.tailnet.agent.page..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.tailnet.agent.status..",
                    "dev.tailnet.agent.tunnel..",
                    "dev.tailnet.agent.node..",
                    "dev.tailnet.agent.expose..",
                    "dev.tailnet.agent.metrics..");
}
