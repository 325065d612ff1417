using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Fanout.Cli.Tests.Processes;

/// <summary><c>doctor</c> over homes as they are found: it says what is wrong and changes nothing.</summary>
public sealed class DoctorTests : IDisposable
{
    private const int UserVersionOffset = 60; // https://sqlite.org/fileformat.html#the_database_header

    private readonly ProcessHome _home = new();

    private string Database => Path.Combine(_home.Path, "fanout.db");

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task HealthyHome_IsWell()
    {
        await MakeAsync();
        var (report, exit) = await LookAsync(0);
        Assert.True(report.GetProperty("well").GetBoolean());
        Assert.Empty(Names(report, "Problem"));
        var database = report.GetProperty("home").GetProperty("databases")[0];
        Assert.Equal(("fanout.db", "Whole"), (database.GetProperty("file").GetString(), database.GetProperty("integrity").GetString()));
        Assert.Equal(1, report.GetProperty("home").GetProperty("runs").GetProperty("byStatus").GetProperty("Succeeded").GetInt32());
        Assert.Equal("", exit.Error);
        var text = await AppProcess.RunAsync(AppProcess.Fanout, ["doctor", "--home", _home.Path]);
        Assert.Contains("1 Succeeded", text.AssertCode(0).Output, StringComparison.Ordinal);
        Assert.Contains("fanout.db   whole, schema", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HomeThatIsMissing_IsAProblemWhenItWasNamed()
    {
        var (report, _) = await LookAsync(1);
        Assert.Equal(["home.missing"], Names(report, "Problem"));
        Assert.False(Directory.Exists(_home.Path));
    }

    [Fact]
    public async Task HomeThatIsAFile_IsSaid()
    {
        await File.WriteAllTextAsync(_home.Path, "not a directory");
        Assert.Equal(["home.unusable"], Names((await LookAsync(1)).Report, "Problem"));
    }

    [Fact]
    public async Task PagesOverwritten_AreDamage()
    {
        await MakeAsync();
        var bytes = await File.ReadAllBytesAsync(Database);
        new Random(1).NextBytes(bytes.AsSpan(4_096));
        await File.WriteAllBytesAsync(Database, bytes);
        Assert.Contains("database.damaged", Names((await LookAsync(1)).Report, "Problem"));
    }

    [Fact]
    public async Task RandomBytes_AreNoDatabase()
    {
        Directory.CreateDirectory(_home.Path);
        var bytes = new byte[20_000];
        new Random(1).NextBytes(bytes);
        await File.WriteAllBytesAsync(Database, bytes);
        var (report, _) = await LookAsync(1);
        Assert.Contains("this is not a Fanout database", report.GetProperty("findings")[0].GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NewerVersion_IsAProblem()
    {
        await MakeAsync();
        var bytes = await File.ReadAllBytesAsync(Database);
        bytes[UserVersionOffset + 2] = 999 >> 8;
        bytes[UserVersionOffset + 3] = 999 & 0xff;
        await File.WriteAllBytesAsync(Database, bytes);
        var (report, _) = await LookAsync(1);
        Assert.Equal(["database.newer"], Names(report, "Problem"));
    }

    [Fact]
    public async Task RunUnderWay_IsNotDisturbed_AndItsDriverIsNamed()
    {
        await using var run = _home.Start(_home.Run("r", 100_000, "--concurrency", "2", "--quiet"), TimeSpan.FromMilliseconds(20));
        await _home.Log.UntilAsync(deeds => deeds.Count > 20);
        var (report, _) = await LookAsync(0, isQuiet: false);
        var runs = report.GetProperty("home").GetProperty("runs");
        Assert.EndsWith($":{run.Id}", Assert.Single(runs.GetProperty("drivers").EnumerateObject()).Name, StringComparison.Ordinal);
        Assert.Equal(0, runs.GetProperty("interrupted").GetArrayLength());
        var seen = _home.Log.Read().Count;
        await _home.Log.UntilAsync(deeds => deeds.Count > seen + 20);
    }

    [Fact]
    public async Task RunWhoseProcessWasKilled_IsAProblem_AndWhatItLeftIsNotTouched()
    {
        await using (var run = _home.Start(_home.Run("r", 100_000, "--concurrency", "2", "--quiet"), TimeSpan.FromMilliseconds(20)))
        {
            await _home.Log.UntilAsync(deeds => deeds.Count > 20);
            await run.KillAsync();
        }

        var (report, _) = await LookAsync(1);
        Assert.Equal(["run.interrupted"], Names(report, "Problem"));
        Assert.Contains("fanout resume r", report.GetProperty("findings")[0].GetProperty("remedy").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, report.GetProperty("home").GetProperty("runs").GetProperty("leasesLeftBehind").GetInt32());
        Assert.Equal("Whole", report.GetProperty("home").GetProperty("databases")[0].GetProperty("integrity").GetString());
    }

    [Fact]
    public async Task HomeThatWasCopiedWithoutTheLogsIndex_IsLeftAlone()
    {
        await using (var run = _home.Start(_home.Run("r", 100_000, "--concurrency", "2", "--quiet"), TimeSpan.FromMilliseconds(20)))
        {
            await _home.Log.UntilAsync(deeds => deeds.Count > 20);
            await run.KillAsync();
        }

        File.Delete(Database + "-shm");
        Assert.Contains("database.unknown", Names((await LookAsync(0)).Report, "Advice"));
    }

    [Fact]
    public async Task Server_LooksAtItselfAndItsHome()
    {
        await using var server = AppProcess.Start(AppProcess.Fanout, ["serve", "--urls", "http://127.0.0.1:0", "--home", _home.Path]);
        var url = (await server.SaysAsync("Listening on ")).Split(' ')[2].TrimEnd('.');
        var report = JsonElement.Parse((await AppProcess.RunAsync(AppProcess.Fanout, ["doctor", "--json", "--server", url])).AssertCode(0).Output);
        Assert.Equal(server.Id, report.GetProperty("environment").GetProperty("processId").GetInt32());
        Assert.Equal(_home.Path, report.GetProperty("home").GetProperty("path").GetString());
        Assert.Equal("Whole", report.GetProperty("home").GetProperty("databases")[0].GetProperty("integrity").GetString());
    }

    private async Task MakeAsync() =>
        (await AppProcess.RunAsync(AppProcess.Fanout, ["run", "--range", "0..10", "--handler", "noop", "--id", "done", "--home", _home.Path])).AssertCode(0);

    // Looks, and holds it to leaving every file of the home as it was.
    private async Task<(JsonElement Report, AppExit Exit)> LookAsync(int code, bool isQuiet = true)
    {
        var before = isQuiet ? Snapshot() : "";
        var exit = (await AppProcess.RunAsync(AppProcess.Fanout, ["doctor", "--json", "--home", _home.Path])).AssertCode(code);
        if (isQuiet)
            Assert.Equal(before, Snapshot());
        return (JsonElement.Parse(exit.Output), exit);
    }

    private string Snapshot()
    {
        var text = new StringBuilder();
        var files = Directory.Exists(_home.Path) ? Directory.EnumerateFiles(_home.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : Enumerable.Empty<string>();
        foreach (var file in files)
            text.AppendLine(CultureInfo.InvariantCulture, $"{file} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}");
        return text.ToString();
    }

    private static IEnumerable<string> Names(JsonElement report, string level) => report.GetProperty("findings").EnumerateArray()
        .Where(finding => finding.GetProperty("level").GetString() == level).Select(finding => finding.GetProperty("name").GetString()!);
}
