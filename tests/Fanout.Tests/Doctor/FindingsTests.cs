using Fanout.Doctor;
using Xunit;

namespace Fanout.Tests.Doctor;

/// <summary>What is called wrong, and how grave that is.</summary>
public sealed class FindingsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    private static readonly EnvironmentReport Sound = new()
    {
        System = "Linux",
        Architecture = "X64",
        Runtime = ".NET 10",
        ProcessId = 1,
        Cores = 8,
        Memory = 16L << 30,
        MemoryLoad = 0.4,
        WorkingSet = 100 << 20,
        OpenFiles = 50,
        OpenFileLimit = 65_536,
        Garbage = new GarbageReport("Workstation", true, 1 << 20, 3, 0.5),
        ThreadPool = new ThreadPoolReport(8, 8, 32_767, 0),
        Diagnostics = true,
        TemporarySpace = 10L << 30,
    };

    private static readonly DatabaseReport Database = new() { File = "fanout.db", Bytes = 4_096, LogBytes = 0, Schema = 3, KnownSchema = 3, Integrity = DatabaseIntegrity.Whole };

    private static readonly RunsReport Runs = new()
    {
        ByStatus = new Dictionary<string, long>(),
        Drivers = new Dictionary<string, long>(),
        Interrupted = [],
        Waiting = [],
        LeasesLeftBehind = 0,
        Orchestrations = 0,
        Messages = 0,
    };

    private static readonly HomeReport Home = new() { Path = "/srv/home", Exists = true, Writable = true, FileSystem = "ext4", FreeBytes = 10L << 30, Databases = [Database], Runs = Runs };

    [Fact]
    public void SoundHomeAndMachine_HaveNoFindings()
    {
        var report = DoctorReport.Of(Now, "1.2.3", Sound, Home);
        Assert.Empty(report.Findings);
        Assert.True(report.Well);
    }

    [Fact]
    public void Environment_IsJudged()
    {
        Assert.Equal(["Advice files.limit"], Of(Sound with { OpenFileLimit = 1_024 }));
        Assert.Equal(["Problem files.used"], Of(Sound with { OpenFileLimit = 1_024, OpenFiles = 1_000 }));
        Assert.Equal(["Advice memory.little"], Of(Sound with { Memory = 100 << 20 }));
        Assert.Equal(["Problem memory.full"], Of(Sound with { MemoryLoad = 0.97 }));
        Assert.Equal(["Advice cores.limit"], Of(Sound with { CoreLimit = 0.5 }));
        Assert.Equal(["Problem temporary.full"], Of(Sound with { TemporarySpace = 1 << 20 }));
        Assert.Equal(["Problem threads.starved"], Of(Sound with { ThreadPool = Sound.ThreadPool with { Waiting = 5_000 } }));
        Assert.Equal(["Problem garbage.pauses"], Of(Sound with { Garbage = Sound.Garbage with { PausePercent = 30 } }));
        Assert.Equal(["Advice diagnostics.off"], Of(Sound with { Diagnostics = false }));
    }

    [Fact]
    public void Home_IsJudged()
    {
        Assert.Equal(["Problem home.missing"], Of(Home with { Exists = false, IsNamed = true }));
        Assert.Equal(["Advice home.missing"], Of(Home with { Exists = false }));
        Assert.Equal(["Problem home.unusable"], Of(Home with { Unusable = "it is a file." }));
        Assert.Equal(["Problem home.readOnly"], Of(Home with { Writable = false }));
        Assert.Equal(["Problem home.full"], Of(Home with { FreeBytes = 1 << 20 }));
        Assert.Equal(["Advice home.space"], Of(Home with { FreeBytes = 500 << 20 }));
        Assert.Equal(["Problem home.network"], Of(Home with { FileSystem = "nfs4" }));
    }

    [Fact]
    public void Database_IsJudged()
    {
        Assert.Equal(["Problem database.newer"], Of(With(Database with { Schema = 4 })));
        Assert.Equal(["Advice database.older"], Of(With(Database with { Schema = 2 })));
        Assert.Equal(["Problem database.damaged"], Of(With(Database with { Integrity = DatabaseIntegrity.Damaged, Errors = ["page 2"] })));
        Assert.Equal(["Advice database.unfinished"], Of(With(Database with { Integrity = DatabaseIntegrity.Unfinished })));
        Assert.Equal(["Advice database.unknown"], Of(With(Database with { Integrity = DatabaseIntegrity.Unknown, Errors = ["locked"] })));
        Assert.Equal(["Advice database.log"], Of(With(Database with { LogBytes = 1L << 30 })));

        static HomeReport With(DatabaseReport database) => Home with { Databases = [database] };
    }

    [Fact]
    public void Runs_AreJudged()
    {
        var (begun, paused) = (new WaitingRun("a", Now.AddHours(-3), Paused: false), new WaitingRun("b", Now, Paused: true));
        Assert.Equal(["Problem run.interrupted"], Of(With(Runs with { Interrupted = [begun, paused] })));
        Assert.Empty(Of(With(Runs with { Interrupted = [paused], Waiting = [paused], LeasesLeftBehind = 2 })));
        Assert.Equal(6, Of(With(Runs with { Interrupted = [.. Enumerable.Repeat(begun, 9)] })).Count());
        var waiting = Assert.Single(DoctorReport.Of(Now, "1", Sound, With(Runs with { Waiting = [begun] })).Findings);
        Assert.Contains("for 3 h", waiting.Message, StringComparison.Ordinal);

        static HomeReport With(RunsReport runs) => Home with { Runs = runs };
    }

    [Fact]
    public void TheGravest_ComesFirst()
    {
        var report = DoctorReport.Of(Now, "1.2.3", Sound with { Diagnostics = false, MemoryLoad = 0.99 }, Home with { FreeBytes = 500 << 20 });
        Assert.Equal(["memory.full", "home.space", "diagnostics.off"], report.Findings.Select(finding => finding.Name));
        Assert.False(report.Well);
    }

    private static IEnumerable<string> Of(EnvironmentReport environment) => Names(DoctorReport.Of(Now, "1.2.3", environment, Home));

    private static IEnumerable<string> Of(HomeReport home) => Names(DoctorReport.Of(Now, "1.2.3", Sound, home));

    private static IEnumerable<string> Names(DoctorReport report) => report.Findings.Select(finding => $"{finding.Level} {finding.Name}");
}
