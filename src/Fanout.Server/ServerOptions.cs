using Fanout.Doctor;
using Fanout.Runs;
using Fanout.Server.Diagnosis;
using Fanout.Server.Listening;
using Microsoft.Extensions.Logging;

namespace Fanout.Server;

/// <summary>Where a server listens, and what it allows.</summary>
public sealed record ServerOptions
{
    /// <summary>Where it listens unless it is told otherwise: <c>http://127.0.0.1:8430</c>, which only this machine reaches.</summary>
    public const string DefaultUrls = "http://127.0.0.1:8430";

    /// <summary>The directory in the home that files are in which were sent.</summary>
    public const string UploadDirectoryName = "uploads";

    /// <summary>1 GiB.</summary>
    public const long DefaultUploadBytes = 1L << 30;

    /// <summary>The home's directory: keys, uploads and the audit log are in it, and relative paths of sources start from it.</summary>
    public required string Directory { get; init; }

    /// <summary>The program's version.</summary>
    public required string Version { get; init; }

    /// <summary>Where it listens: see <see cref="ServerAddress.Read"/>. Default: <see cref="DefaultUrls"/>.</summary>
    public IReadOnlyList<ServerAddress> Addresses { get; init; } = ServerAddress.Read(DefaultUrls);

    /// <summary>The certificate of its https addresses; null: there are none.</summary>
    public ServerCertificate? Certificate { get; init; }

    /// <summary>Full paths of directories below which specs may name files, beside uploads. Default: none.</summary>
    public IReadOnlyList<string> FileRoots { get; init; } = [];

    /// <summary>True: specs may use the handler <c>exec</c>, any command of it. Default: false.</summary>
    public bool AllowExec { get; init; }

    /// <summary>Records what this process does, for whoever has the role admin; null (the default): nobody may ask for that.</summary>
    public IProfiler? Profiler { get; init; }

    /// <summary>Looks for what is wrong with this process and its home, for whoever has the role admin; null (the default): nobody may ask for that.</summary>
    public Func<CancellationToken, DoctorReport>? Doctor { get; init; }

    /// <summary>True: specs may have batches sent by queue. Default: false.</summary>
    public bool HasQueue { get; init; }

    /// <summary>Requests a second of each key, or of each address without one; as many may come at once. 1 to 1,000,000. Default: 2,500.</summary>
    public int RequestsPerSecond { get; init; } = 2_500;

    /// <summary>Largest file that may be sent, in bytes. Default: 1 GiB.</summary>
    public long UploadBytes { get; init; } = DefaultUploadBytes;

    /// <summary>Files that may be sent at once. Default: 8.</summary>
    public int UploadsAtOnce { get; init; } = 8;

    /// <summary>Event streams open at once. Default: 2,000.</summary>
    public int EventStreams { get; init; } = 2_000;

    /// <summary>Connections open at once, event streams among them. Default: 5,000.</summary>
    public int Connections { get; init; } = 5_000;

    /// <summary>How runs are driven. Default: as <see cref="RunFleetOptions"/> says.</summary>
    public RunFleetOptions Fleet { get; init; } = new();

    /// <summary>Sets up logging. Default: nothing is logged.</summary>
    public Action<ILoggingBuilder> Logging { get; init; } = static _ => { };

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The directory that uploads are in.</summary>
    public string UploadDirectory => Path.Combine(Directory, UploadDirectoryName);
}
