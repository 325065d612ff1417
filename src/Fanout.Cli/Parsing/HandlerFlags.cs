using System.CommandLine;
using System.Text.Json.Nodes;
using Fanout.Cli.Wiring;

namespace Fanout.Cli.Parsing;

/// <summary>Flags that say what is run on each item.</summary>
internal sealed class HandlerFlags
{
    private const string ExecHandler = "exec";

    private readonly Option<string?> _handler = new("--handler")
    {
        Description = "A handler by name",
        HelpName = "NAME",
    };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "An option of the handler; may be repeated",
        HelpName = "key=value",
        Arity = ArgumentArity.OneOrMore,
    };

    public FlagGroup Group => new("Handler (or: -- COMMAND ARG…, run once an item, with {} replaced by the item)", [_handler, _set]);

    /// <summary>Puts the handler that was typed, if any, into the document; <c>--set</c> alone adds to the one that is there.</summary>
    /// <exception cref="UsageException">What was typed contradicts itself.</exception>
    public void Apply(ParseResult parse, JsonObject document, IReadOnlyList<string>? exec, ISpecAccess specs)
    {
        var name = parse.GetValue(_handler);
        if (exec is { Count: 0 })
            throw new UsageException("--: no command follows. Write it after --, such as: -- curl -sf {}");
        if (name is not null && exec is not null)
            throw new UsageException("--handler and --: a run has one handler. Give a name, or a command after --.");
        if (name is not null)
            document["handler"] = new JsonObject { ["name"] = name };
        if (exec is not null)
            document["handler"] = ExecSpec(exec);
        Assign(parse.GetValue(_set) ?? [], document, specs);
    }

    private static JsonObject ExecSpec(IReadOnlyList<string> exec) => new()
    {
        ["name"] = ExecHandler,
        ["options"] = new JsonObject { ["command"] = new JsonArray([.. exec.Select(word => (JsonNode?)JsonValue.Create(word))]) },
    };

    private static void Assign(string[] assignments, JsonObject document, ISpecAccess specs)
    {
        if (assignments.Length == 0)
            return;
        if (document["handler"] is not JsonObject handler)
            throw new UsageException("--set: there is no handler it could belong to. Give --handler NAME.");
        if (handler["options"] is not JsonObject options)
            handler["options"] = options = [];
        foreach (var assignment in assignments)
        {
            try
            {
                specs.Assign(options, assignment);
            }
            catch (FormatException exception)
            {
                throw new UsageException($"--set: {exception.Message}");
            }
        }
    }
}
