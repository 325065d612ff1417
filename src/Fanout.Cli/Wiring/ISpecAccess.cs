using System.Text.Json.Nodes;

namespace Fanout.Cli.Wiring;

/// <summary>What the command line needs of specs: reading them, and the texts people write for values.</summary>
internal interface ISpecAccess
{
    /// <summary>Reads a spec document.</summary>
    /// <exception cref="SpecException">It is not legal.</exception>
    RunSpec Read(JsonObject document, FanoutRegistry registry);

    /// <summary>The flag that sets a field, such as <c>--concurrency</c>; null: none does.</summary>
    string? FlagFor(string pointer, string? sourceKind);

    /// <summary>Applies one <c>key=value</c> to a handler's options.</summary>
    /// <exception cref="FormatException">It is not of that form; the message says why.</exception>
    void Assign(JsonObject options, string assignment);

    /// <summary>Reads a duration such as <c>10s</c> or <c>7d</c>.</summary>
    bool TryReadDuration(string text, out TimeSpan duration);

    /// <summary>The spec's JSON schema.</summary>
    string Schema { get; }
}
