using System.CommandLine;
using System.Text.Json.Nodes;

namespace Fanout.Cli.Parsing;

/// <summary>Flags that may be changed while a run is under way.</summary>
internal sealed class FlowFlags
{
    private readonly SpecField _concurrency = SpecField.Number(
        "--concurrency", "flow/concurrency", "N", "Items in flight over the whole run (default: 4 x processors, at least 16)");

    private readonly SpecField _rate = SpecField.Text(
        "--rate", "flow/rate", "50/s", "Item starts in time, retries included: 50/s, 3000/min, … (default: no limit)");

    private readonly SpecField _weight = SpecField.Number(
        "--weight", "flow/weight", "W", "Share of a contended limit relative to other runs (default: 1)");

    private readonly Option<string[]> _tolerate = new("--tolerate")
    {
        Description = "More failures than 5% of all items, or than 100, stop the run; both may be given (default: none do)",
        HelpName = "5%|100",
        Arity = ArgumentArity.OneOrMore,
    };

    public Option Concurrency => _concurrency.Option;

    public Option Rate => _rate.Option;

    public Option Weight => _weight.Option;

    public Option Tolerate => _tolerate;

    /// <summary>Puts what was typed into the document.</summary>
    /// <exception cref="UsageException">The same kind of tolerance was given twice.</exception>
    public void Apply(ParseResult parse, JsonObject document)
    {
        _concurrency.Apply(parse, document);
        _rate.Apply(parse, document);
        _weight.Apply(parse, document);
        if (parse.GetValue(_tolerate) is { Length: > 0 } texts)
            ApplyTolerance(texts, document);
    }

    /// <summary>True when any of them was typed.</summary>
    public bool AnyGiven(ParseResult parse) =>
        new[] { Concurrency, Rate, Weight, Tolerate }.Any(o => parse.GetResult(o) is { Implicit: false });

    private static void ApplyTolerance(string[] texts, JsonObject document)
    {
        var tolerate = new JsonObject();
        foreach (var text in texts.SelectMany(t => t.Split([',', '|'])).Select(t => t.Trim()))
        {
            var (field, value) = text.EndsWith('%') ? ("percent", text[..^1].TrimEnd()) : ("count", text);
            if (value.Length == 0)
                throw new UsageException($"--tolerate: \"{text}\" is no tolerance. Write a share such as 5%, a number such as 100, or both.");
            if (!tolerate.TryAdd(field, SpecField.NumberOrText(value)))
                throw new UsageException($"--tolerate: more than one {field} is given. Give at most one share (5%) and one number (100).");
        }

        if (!document.ContainsKey("failure"))
            document["failure"] = new JsonObject();
        if (document["failure"] is JsonObject failure)
            failure["tolerate"] = tolerate;
    }
}
