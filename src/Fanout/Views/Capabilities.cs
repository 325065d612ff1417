using System.Reflection;
using Fanout.Dispatch;
using Fanout.Specs;

namespace Fanout.Views;

/// <summary>What can be done here.</summary>
public sealed record Capabilities
{
    /// <summary>The program's version.</summary>
    public required string Version { get; init; }

    /// <summary>What executes runs: <c>Embedded</c> or <c>DurableFunctions</c>.</summary>
    public required string Engine { get; init; }

    /// <summary>True: there are events of runs. False: ask again.</summary>
    public bool Events { get; init; }

    /// <summary>Handlers that a spec may name.</summary>
    public IReadOnlyList<string> Handlers { get; init; } = [];

    /// <summary>Kinds of sources that a spec may name.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>Reducers that a spec may name.</summary>
    public IReadOnlyList<string> Reducers { get; init; } = [];

    /// <summary>True: batches may be sent by queue.</summary>
    public bool Queue { get; init; }

    /// <summary>True: specs may name the handler <c>exec</c>.</summary>
    public bool Exec { get; init; }

    /// <summary>True: specs may name files of the machine.</summary>
    public bool LocalFiles { get; init; }

    /// <summary>True: files may be sent to be worked.</summary>
    public bool Upload { get; init; }

    /// <summary>What a registry has, under rules.</summary>
    /// <param name="registry">What specs may name.</param>
    /// <param name="engine">What executes runs.</param>
    /// <param name="rules">What requests may ask for.</param>
    public static Capabilities Of(FanoutRegistry registry, string engine, RequestRules rules)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(rules);
        return new Capabilities
        {
            Version = ProgramVersion(),
            Engine = engine,
            Handlers = [.. registry.Handlers.Keys.Where(rules.AllowsHandler).Order(StringComparer.Ordinal)],
            Sources = [.. SourceKinds.All],
            Reducers = [.. registry.Reductions.Keys.Order(StringComparer.Ordinal)],
            Exec = rules.AllowExec,
            LocalFiles = rules.AllowLocalFiles,
        };
    }

    private static string ProgramVersion() =>
        typeof(Capabilities).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
}

/// <summary>That it is well.</summary>
/// <param name="Status"><c>ok</c>.</param>
/// <param name="Version">The program's version.</param>
public sealed record Health(string Status, string Version);
