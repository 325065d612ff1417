using System.Text.Json.Serialization;

namespace Fanout.Doctor;

/// <summary>What a look at a process and a home came to. Sizes are in bytes.</summary>
public sealed record DoctorReport
{
    /// <summary>When it was looked.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The program's version.</summary>
    public required string Version { get; init; }

    /// <summary>The process that looked, and its machine.</summary>
    public required EnvironmentReport Environment { get; init; }

    /// <summary>The home.</summary>
    public required HomeReport Home { get; init; }

    /// <summary>What is wrong, the gravest first.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>True: no finding is a <see cref="FindingLevel.Problem"/>.</summary>
    public bool Well => Findings.All(finding => finding.Level != FindingLevel.Problem);

    /// <summary>Puts a report together.</summary>
    public static DoctorReport Of(DateTimeOffset at, string version, EnvironmentReport environment, HomeReport home) => new()
    {
        At = at,
        Version = version,
        Environment = environment,
        Home = home,
        Findings = [.. HomeFindings.Of(home, at).Concat(EnvironmentFindings.Of(environment)).OrderByDescending(finding => finding.Level)],
    };
}

/// <summary>Something that was found.</summary>
/// <param name="Level">How grave it is.</param>
/// <param name="Name">Names the kind of finding, for programs: <c>home.missing</c>.</param>
/// <param name="Message">What is the matter.</param>
/// <param name="Remedy">What to do.</param>
public sealed record Finding(FindingLevel Level, string Name, string Message, string Remedy);

/// <summary>How grave a finding is.</summary>
public enum FindingLevel
{
    /// <summary>All works; it could work better, or will not for ever.</summary>
    Advice,

    /// <summary>Something does not work, or will not until somebody acts.</summary>
    Problem,
}

/// <summary>A process and its machine.</summary>
public sealed record EnvironmentReport
{
    /// <summary>The operating system.</summary>
    public required string System { get; init; }

    /// <summary>The processor's architecture.</summary>
    public required string Architecture { get; init; }

    /// <summary>The .NET runtime.</summary>
    public required string Runtime { get; init; }

    /// <summary>The process.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Processors that the runtime counts on; under a container's limit no more than that, rounded up.</summary>
    public required int Cores { get; init; }

    /// <summary>Processors that the container may use; left out: no limit, or nothing that tells.</summary>
    public double? CoreLimit { get; init; }

    /// <summary>Memory that the process may count on: the machine's, or the container's limit.</summary>
    public required long Memory { get; init; }

    /// <summary>The container's limit of memory; left out: no limit, or nothing that tells.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>Memory in use on the machine, or in the container, when garbage was last collected, as a part of <see cref="Memory"/>: 0 to 1.</summary>
    public required double MemoryLoad { get; init; }

    /// <summary>Memory that the process occupies.</summary>
    public required long WorkingSet { get; init; }

    /// <summary>Files and sockets that the process has open; left out: nothing tells.</summary>
    public int? OpenFiles { get; init; }

    /// <summary>How many it may have open (<c>ulimit -n</c>); left out: no limit, or nothing that tells.</summary>
    public long? OpenFileLimit { get; init; }

    /// <summary>How garbage is collected.</summary>
    public required GarbageReport Garbage { get; init; }

    /// <summary>The thread pool.</summary>
    public required ThreadPoolReport ThreadPool { get; init; }

    /// <summary>True: the process can be profiled. Off by <c>DOTNET_EnableDiagnostics=0</c>.</summary>
    public required bool Diagnostics { get; init; }

    /// <summary>Space left for temporary files; left out: nothing tells.</summary>
    public long? TemporarySpace { get; init; }
}

/// <summary>How garbage is collected.</summary>
/// <param name="Mode"><c>Workstation</c> or <c>Server</c>.</param>
/// <param name="Concurrent">True: most of it while other threads go on.</param>
/// <param name="HeapBytes">Memory that objects take.</param>
/// <param name="Collections">Collections since the process began.</param>
/// <param name="PausePercent">Time that everything stood still for it, as a part of all, in percent.</param>
public sealed record GarbageReport(string Mode, bool Concurrent, long HeapBytes, int Collections, double PausePercent);

/// <summary>The thread pool.</summary>
/// <param name="Threads">Threads it has.</param>
/// <param name="LeastThreads">Threads it makes at once when there is work.</param>
/// <param name="MostThreads">Threads it may have.</param>
/// <param name="Waiting">Pieces of work that wait for a thread.</param>
public sealed record ThreadPoolReport(int Threads, int LeastThreads, int MostThreads, long Waiting);

/// <summary>A home.</summary>
public sealed record HomeReport
{
    /// <summary>Its directory.</summary>
    public required string Path { get; init; }

    /// <summary>False: nothing is there. Everything below is empty then.</summary>
    public required bool Exists { get; init; }

    /// <summary>True: somebody named it, so that there should be one.</summary>
    [JsonIgnore]
    public bool IsNamed { get; init; }

    /// <summary>Why it cannot be looked into; left out: it can.</summary>
    public string? Unusable { get; init; }

    /// <summary>The file system it is on.</summary>
    public string? FileSystem { get; init; }

    /// <summary>Space left there.</summary>
    public long? FreeBytes { get; init; }

    /// <summary>Space there.</summary>
    public long? TotalBytes { get; init; }

    /// <summary>Who may do what with the directory: <c>rwxr-xr-x</c>; left out: the system has no such thing.</summary>
    public string? Permissions { get; init; }

    /// <summary>True: this process may write it.</summary>
    public bool Writable { get; init; }

    /// <summary>Its databases.</summary>
    public IReadOnlyList<DatabaseReport> Databases { get; init; } = [];

    /// <summary>Its runs; left out: they cannot be read.</summary>
    public RunsReport? Runs { get; init; }
}

/// <summary>A database of a home.</summary>
public sealed record DatabaseReport
{
    /// <summary>Its file's name.</summary>
    public required string File { get; init; }

    /// <summary>Its size.</summary>
    public required long Bytes { get; init; }

    /// <summary>The size of its write-ahead log, which is moved into the file from time to time.</summary>
    public required long LogBytes { get; init; }

    /// <summary>The version of its tables; left out: it cannot be read.</summary>
    public long? Schema { get; init; }

    /// <summary>The version this program writes.</summary>
    public required long KnownSchema { get; init; }

    /// <summary>Its pages.</summary>
    public long? Pages { get; init; }

    /// <summary>Those of them that are not used.</summary>
    public long? FreePages { get; init; }

    /// <summary>What a look at every page came to.</summary>
    public required DatabaseIntegrity Integrity { get; init; }

    /// <summary>What is damaged, or why it could not be read, at most ten lines.</summary>
    public IReadOnlyList<string> Errors { get; init; } = [];
}

/// <summary>What a look at every page of a database came to.</summary>
public enum DatabaseIntegrity
{
    /// <summary>It is whole.</summary>
    Whole,

    /// <summary>There was not enough time for all of it; nothing was wrong with what was seen.</summary>
    Unfinished,

    /// <summary>It was not looked at.</summary>
    Unknown,

    /// <summary>It is damaged, or no database.</summary>
    Damaged,
}

/// <summary>The runs of a home, and who drives them.</summary>
public sealed record RunsReport
{
    /// <summary>How many runs have which status.</summary>
    public required IReadOnlyDictionary<string, long> ByStatus { get; init; }

    /// <summary>Processes that drive runs now, such as <c>host:pid</c>, with how many each.</summary>
    public required IReadOnlyDictionary<string, long> Drivers { get; init; }

    /// <summary>Runs that have begun and that nobody drives, the oldest first; at most 100.</summary>
    public required IReadOnlyList<WaitingRun> Interrupted { get; init; }

    /// <summary>Runs that wait to be begun, the oldest first; at most 100.</summary>
    public required IReadOnlyList<WaitingRun> Waiting { get; init; }

    /// <summary>Leases that a process left behind when it died; they are taken over with their runs.</summary>
    public required long LeasesLeftBehind { get; init; }

    /// <summary>Orchestrations that have not ended.</summary>
    public required long Orchestrations { get; init; }

    /// <summary>Messages that no orchestration has taken yet.</summary>
    public required long Messages { get; init; }
}

/// <summary>A run that nobody works on.</summary>
/// <param name="Id">Its id.</param>
/// <param name="CreatedAt">When it was accepted.</param>
/// <param name="Paused">True: it was asked to pause, and waits for people.</param>
public sealed record WaitingRun(string Id, DateTimeOffset CreatedAt, bool Paused);
