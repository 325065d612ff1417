using Fanout.Dispatch;
using Fanout.Handlers.Http;
using Fanout.Sources;

namespace Fanout.Runs;

/// <summary>An opened home: the runs in it, and the means to drive them in this process. Disposing it gives up every lease it holds.</summary>
public interface IFanoutHome : IAsyncDisposable
{
    /// <summary>Everything one may ask of the runs in this home.</summary>
    IRunClient Client { get; }

    /// <summary>The limits that runs of this home share.</summary>
    ILimitClient Limits { get; }

    /// <summary>Where requests for runs arrive; null: this home has no queue for them.</summary>
    IRequestQueue? Requests { get; }

    /// <summary>Drives runs of this home in this process.</summary>
    IRunDriver Driver { get; }

    /// <summary>What specs may name in this process.</summary>
    FanoutRegistry Registry { get; }
}

/// <summary>Which home to open, and how.</summary>
/// <param name="Path">Its directory, created when it is missing.</param>
public sealed record HomeOptions(string Path)
{
    /// <summary>The storage account its runs are kept in, as a connection (it may hold a key); null: they are in the directory.</summary>
    public string? Storage { get; init; }

    /// <summary>The hub in that account; null: the default.</summary>
    public string? Hub { get; init; }

    /// <summary>How long items in flight may go on after a stop was asked for. Default: 10 s.</summary>
    public TimeSpan Grace { get; init; } = DefaultGrace;

    /// <summary>
    /// True: runs started here begin when they are driven, so that whoever drives so many at once (<see cref="RunFleet"/>) decides when. False (the
    /// default): at once.
    /// </summary>
    public bool LeavesStartsToDriver { get; init; }

    /// <summary>Where requests of handlers and webhooks may go from this process; null (the default): as <see cref="HostRules"/>' defaults.</summary>
    public HostRules? Hosts { get; init; }

    /// <summary>Directories that the patterns of sources of files may lead into beside the one they name; null (the default): they lead anywhere.</summary>
    public DirectoryRoots? FileRoots { get; init; }

    /// <summary>10 s.</summary>
    public static TimeSpan DefaultGrace { get; } = TimeSpan.FromSeconds(10);
}
