namespace Fanout.Client.Views;

/// <summary>What can be done at a server.</summary>
public sealed record ServerCapabilities
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

    /// <summary>True: specs may name files of the server's machine.</summary>
    public bool LocalFiles { get; init; }

    /// <summary>True: files may be sent to be worked.</summary>
    public bool Upload { get; init; }
}

/// <summary>That a server is well.</summary>
/// <param name="Status"><c>ok</c>.</param>
/// <param name="Version">The program's version.</param>
public sealed record ServerHealth(string Status, string Version);
