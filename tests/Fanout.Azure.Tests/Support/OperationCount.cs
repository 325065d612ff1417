using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Fanout.Azure.Tests.Support;

/// <summary>Storage operations, as the account served them: by service and verb.</summary>
/// <param name="ByKind">How many of each: <c>("Queue", "POST")</c>. The services are Blob, Queue, Table.</param>
internal sealed partial record OperationCount(ImmutableSortedDictionary<(string Service, string Verb), int> ByKind)
{
    /// <summary>None.</summary>
    public static OperationCount Zero { get; } = new(ImmutableSortedDictionary<(string, string), int>.Empty);

    /// <summary>All of them.</summary>
    public int Total => ByKind.Values.Sum();

    /// <summary>Those of one service; with a verb, only these.</summary>
    public int Of(string service, string? verb = null) =>
        ByKind.Where(kind => kind.Key.Service == service && (verb is null || kind.Key.Verb == verb)).Sum(kind => kind.Value);

    /// <summary>With what a line of Azurite's access log tells; lines that tell of no request add nothing.</summary>
    public OperationCount With(string line)
    {
        if (Request().Match(line) is not { Success: true } match)
            return this;
        var (verb, path) = (match.Groups["verb"].Value, match.Groups["path"].Value);
        var kind = (ServiceOf(verb, path), verb);
        return new OperationCount(ByKind.SetItem(kind, ByKind.GetValueOrDefault(kind) + 1));
    }

    /// <summary>What came after <paramref name="earlier"/>.</summary>
    public OperationCount Since(OperationCount earlier) => new(ByKind
        .Select(kind => KeyValuePair.Create(kind.Key, kind.Value - earlier.ByKind.GetValueOrDefault(kind.Key)))
        .Where(kind => kind.Value > 0)
        .ToImmutableSortedDictionary());

    /// <summary>For the message of a failed assertion: <c>Blob GET 3, Queue POST 1</c>.</summary>
    public override string ToString() => string.Join(", ", ByKind.Select(kind => $"{kind.Key.Service} {kind.Key.Verb} {kind.Value}"));

    // The three services write to one log, and their lines name no port. Paths tell them apart: entities have parentheses, batches of tables are
    // $batch, messages are two or three segments deep, and of what is one segment deep only containers say restype.
    private static string ServiceOf(string verb, string path)
    {
        var query = path.Contains('?', StringComparison.Ordinal) ? path[path.IndexOf('?', StringComparison.Ordinal)..] : "";
        var segments = path[..(path.Length - query.Length)].Split('/', StringSplitOptions.RemoveEmptyEntries)[1..];
        return segments switch
        {
            [] => "Blob",
            ["$batch" or "Tables"] => "Table",
            [var one] when one.Contains('(', StringComparison.Ordinal) => "Table",
            [_] when query.Contains("restype=container", StringComparison.Ordinal) => "Blob",
            [_] => verb == "POST" ? "Table" : "Queue",
            [_, "messages"] or [_, "messages", _] => "Queue",
            _ => "Blob",
        };
    }

    [GeneratedRegex(@"""(?<verb>[A-Z]+) (?<path>/\S*) HTTP/\d")]
    private static partial Regex Request();
}
