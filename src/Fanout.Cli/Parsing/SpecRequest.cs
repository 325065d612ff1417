using System.CommandLine;
using System.Text.Json.Nodes;

namespace Fanout.Cli.Parsing;

/// <summary>All flags of a new run, as <c>run</c> and <c>plan</c> take them: typed text in, a checked spec out.</summary>
internal sealed class SpecRequest
{
    private readonly SourceFlags _source = new();
    private readonly HandlerFlags _handler = new();
    private readonly RunFlags _run = new();

    private readonly Option<string?> _spec = new("--spec")
    {
        Description = "Read the spec from a JSON file; flags beside it replace its fields",
        HelpName = "FILE",
    };

    /// <summary><c>--id</c>.</summary>
    public Option<string?> Id { get; } = CreateId();

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(CliCommand command)
    {
        command.Add(new FlagGroup("Spec", [_spec]));
        command.Add(_source.Group);
        command.Add(_handler.Group);
        foreach (var group in _run.Groups)
            command.Add(group);
    }

    /// <summary>The spec that was asked for, as a document, not yet checked.</summary>
    /// <exception cref="UsageException">What was typed contradicts itself or lacks something.</exception>
    public JsonObject BuildDocument(CommandContext context)
    {
        var parse = context.Parse;
        var file = parse.GetValue(_spec);
        if (file == "-" && _source.ReadsStandardInput(parse))
            throw new UsageException("--spec -: standard input cannot be both the spec and the items. Put one of them in a file.");
        context.SpecOrigin = file;
        var document = file is null ? [] : SpecFileText.Read(file, context.Environment.Input);
        if (parse.GetValue(Id) is { } id)
            document["id"] = id;
        _source.Apply(parse, document);
        _handler.Apply(parse, document, context.Exec, context.Environment.Specs);
        _run.Apply(parse, document);
        context.SourceKind = SourceFlags.KindOf(document);
        if (file is null)
            RequireEssentials(document, context);
        return document;
    }

    /// <summary>The <c>--id</c> flag.</summary>
    public static Option<string?> CreateId() => new("--id")
    {
        Description = "The run's id; the same id again continues the run (default: from the time)",
        HelpName = "RUN",
    };

    private static void RequireEssentials(JsonObject document, CommandContext context)
    {
        var missing = new List<string>();
        if (!document.ContainsKey("source"))
            missing.Add("no items: give a source, such as --lines FILE, --range 0..1000 or --items a b c");
        if (!document.ContainsKey("handler"))
            missing.Add("nothing to run on them: give --handler NAME, or a command after --, such as: -- curl -sf {}");
        if (missing.Count > 0)
            throw new UsageException($"{string.Join("; ", missing)}. See {context.Environment.ProgramName} {context.Parse.CommandResult.Command.Name} --help");
    }
}
