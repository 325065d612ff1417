using System.CommandLine;
using System.CommandLine.Invocation;

namespace Fanout.Cli.Parsing;

/// <summary>Prints a text.</summary>
/// <param name="output">Where to.</param>
/// <param name="text">The text, line ends included.</param>
/// <param name="whateverIsWrong">True: also when the rest of the command line does not parse.</param>
internal sealed class PrintAction(TextWriter output, Func<ParseResult, string> text, bool whateverIsWrong = true) : SynchronousCommandLineAction
{
    public bool WhateverIsWrong { get; } = whateverIsWrong;

    public override bool ClearsParseErrors => WhateverIsWrong;

    public override int Invoke(ParseResult parseResult)
    {
        output.Write(text(parseResult));
        return ExitCodes.Success;
    }
}
