using System.Text.Json.Nodes;

namespace Fanout.Client.Views;

/// <summary>How a redrive differs from the run before; everything may be null. Sections of the spec are merged into the earlier one's (RFC 7396).</summary>
public sealed record Redrive
{
    /// <summary>The new run's id.</summary>
    public string? Id { get; init; }

    /// <summary>Which items: <c>failed</c>, <c>timedOut</c>, <c>cancelled</c> or <c>all</c>; null: all that did not succeed, and those never started.</summary>
    public string? Only { get; init; }

    /// <summary>Only items whose error's type or message contains this.</summary>
    public string? WhereError { get; init; }

    /// <summary>Changes to the handler.</summary>
    public JsonObject? Handler { get; init; }

    /// <summary>Changes to the flow.</summary>
    public JsonObject? Flow { get; init; }

    /// <summary>Changes to the failure policy.</summary>
    public JsonObject? Failure { get; init; }

    /// <summary>Changes to the batches.</summary>
    public JsonObject? Batch { get; init; }

    /// <summary>Changes to the results.</summary>
    public JsonObject? Results { get; init; }

    /// <summary>Changes to whom is told at the end.</summary>
    public JsonObject? OnComplete { get; init; }
}
