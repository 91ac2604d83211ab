package dev.tailnet.agent.cli;

import java.util.List;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.IStyle;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Help.IParamLabelRenderer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** Picocli's help, which shows no value where a flag hides it, and calls flags flags. */
final class VerbHelp extends Help {
    VerbHelp(CommandSpec spec, ColorScheme colors) {
        super(spec, colors);
    }

    @Override
    public IParamLabelRenderer createDefaultParamLabelRenderer() {
        var standard = super.createDefaultParamLabelRenderer();
        return new IParamLabelRenderer() {
            @Override
            public Text renderParameterLabel(ArgSpec argument, Ansi ansi, List<IStyle> styles) {
                return argument.isOption() && argument.hideParamSyntax()
                        ? ansi.text("")
                        : standard.renderParameterLabel(argument, ansi, styles);
            }

            @Override
            public String separator() {
                return standard.separator();
            }
        };
    }

    @Override
    public String abbreviatedSynopsis() {
        return super.abbreviatedSynopsis().replace("[OPTIONS]", "[FLAGS]");
    }
}
