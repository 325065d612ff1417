using System.CommandLine;

namespace Fanout.Cli.Parsing;

/// <summary>Flags every command takes.</summary>
internal sealed class GeneralFlags
{
    public const string JsonName = "--json";

    public const string JsonDescription = "Answer in JSON; progress as JSON lines on standard error";

    public Option<string?> Home { get; } = new("--home")
    {
        Description = "Directory that holds the runs (default: $FANOUT_HOME, else ./.fanout)",
        HelpName = "DIR",
        Recursive = true,
    };

    public Option<string?> Storage { get; } = new("--storage")
    {
        Description = "Storage account that workers share: azure:ACCOUNT or azure:CONNECTION-STRING (default: $FANOUT_STORAGE, else the home's directory)",
        HelpName = "azure:CONNECTION",
        Recursive = true,
    };

    public Option<string?> Hub { get; } = new("--hub")
    {
        Description = "Name under which everything in the storage account is kept (default: $FANOUT_HUB, else fanout)",
        HelpName = "NAME",
        Recursive = true,
    };

    public Option<bool> Quiet { get; } = new("--quiet")
    {
        Description = "No progress, only the report",
        Arity = ArgumentArity.Zero,
        Recursive = true,
    };

    /// <summary><c>--server</c> and <c>--key-from</c>.</summary>
    public ServerFlags AtServer { get; } = new();

    /// <summary>Those that name a home.</summary>
    public IReadOnlyList<Option<string?>> OfHomes => [Home, Storage, Hub];

    /// <summary>
    /// <c>--json</c> as most commands take it. Commands with a source take their own, whose value, if there is one, is a source's file.
    /// </summary>
    public static Option CreateJson() => new Option<bool>(JsonName) { Description = JsonDescription, Arity = ArgumentArity.Zero };

    /// <summary>True when <c>--json</c> was typed without a file.</summary>
    public static bool AsksForJson(ParseResult parse) =>
        parse.CommandResult.Command.Options.FirstOrDefault(o => o.Name == JsonName) is { } option
        && parse.GetResult(option) is { Implicit: false } result
        && result.IdentifierTokenCount > result.Tokens.Count;

    /// <summary>The group help shows for a command that takes these flags.</summary>
    public FlagGroup Group(params IEnumerable<Option> own) => new("General", [.. own, Home, Storage, Hub, AtServer.Server, AtServer.KeyFrom, Quiet]);
}
