using Fanout.Dispatch;
using Fanout.Runs;
using Fanout.Views;

namespace Fanout.Api;

/// <summary>What requests are answered from: the runs of a home, on whichever engine, and what may be asked of them.</summary>
public sealed record ApiHome
{
    /// <summary>The runs.</summary>
    public required IRunClient Runs { get; init; }

    /// <summary>The limits they share.</summary>
    public required ILimitClient Limits { get; init; }

    /// <summary>What specs may name.</summary>
    public required FanoutRegistry Registry { get; init; }

    /// <summary>What can be done here, as <c>GET /api/capabilities</c> tells.</summary>
    public required Capabilities Capabilities { get; init; }

    /// <summary>What requests may ask for. Default: no commands and no files of this machine.</summary>
    public RequestRules Rules { get; init; } = new();

    /// <summary>The full path of the directory that relative paths of sources start from; null (the default): they stay relative.</summary>
    public string? Directory { get; init; }

    /// <summary>Called with the id of each run that was started, or given back its pause, so that somebody drives it. Default: the engine does by itself.</summary>
    public Action<string> OnStarted { get; init; } = static _ => { };

    /// <summary>Looks whether the storage answers. Default: it lists one run.</summary>
    public Func<CancellationToken, Task>? CheckHealth { get; init; }
}
