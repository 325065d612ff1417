using System.Text.Json.Nodes;
using Fanout.Specs;

namespace Fanout.Cli.Wiring;

/// <summary>Specs as Fanout reads them.</summary>
internal sealed class SpecAccess : ISpecAccess
{
    /// <inheritdoc/>
    public string Schema => SpecSchema.Text;

    /// <inheritdoc/>
    public RunSpec Read(JsonObject document, FanoutRegistry registry) =>
        SpecReader.Read(document, registry, Environment.CurrentDirectory); // A run may be continued from another directory.

    /// <inheritdoc/>
    public string? FlagFor(string pointer, string? sourceKind) =>
        SpecFlags.NameOf(pointer, sourceKind) ?? pointer switch
        {
            "/batch/branches" => "--branches",
            "/batch/lanes" => "--lanes",
            _ => null,
        };

    /// <inheritdoc/>
    public void Assign(JsonObject options, string assignment)
    {
        var (path, value) = OptionAssignment.Parse(assignment);
        var parent = options;
        foreach (var name in path.Take(path.Count - 1))
        {
            if (parent[name] is not JsonObject child)
                parent[name] = child = [];
            parent = child;
        }

        parent[path[^1]] = value;
    }

    /// <inheritdoc/>
    public bool TryReadDuration(string text, out TimeSpan duration) => HumanDuration.TryParse(text, out duration);
}
