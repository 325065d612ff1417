using System.Globalization;
using System.Text.Json;
using Fanout.Azure.Tests.Support;
using Fanout.Cli.Tests.Processes;
using Fanout.Serialization;
using Xunit;

namespace Fanout.Azure.Tests.Processes;

/// <summary>A hub of an account, the home of its coordinator in a directory, and processes on them.</summary>
internal sealed class HubHome : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("fanout-hub-");

    /// <param name="azurite">The account.</param>
    public HubHome(Azurite azurite)
    {
        Azurite = azurite;
        Hub = azurite.NewHub();
        Log = new WorkLog(LogPath);
    }

    public Azurite Azurite { get; }

    public AzureStorage Hub { get; }

    /// <summary>The coordinator's home.</summary>
    public string Path => System.IO.Path.Combine(_root.FullName, "home");

    /// <summary>How long each item of the handler <c>record</c> takes. Default: no time.</summary>
    public TimeSpan ItemTime { get; init; }

    /// <summary>What the handlers of all processes did.</summary>
    public WorkLog Log { get; }

    private string LogPath => System.IO.Path.Combine(_root.FullName, "log");

    public static async Task<HubHome> SharedAsync() => new(await Azurite.SharedAsync());

    /// <summary>Starts a coordinator of run <c>r</c>, whose batches travel by queue.</summary>
    public AppProcess Coordinate(int items, params string[] more) =>
        Start(["run", "--range", $"0..{items.ToString(CultureInfo.InvariantCulture)}", "--id", "r", "--dispatch", "queue", .. more]);

    /// <summary>Starts a worker.</summary>
    public AppProcess Work(params string[] more) => Start(["worker", .. more]);

    /// <summary>Starts the test program with these words.</summary>
    public AppProcess Start(params string[] args) => StartIn(Path, args);

    /// <summary>Starts it on another home of the same hub.</summary>
    public AppProcess StartIn(string home, params string[] args) => AppProcess.Start(AppProcess.TestApp, args, Variables(home));

    /// <summary>The test program from start to end.</summary>
    public Task<AppExit> RunAsync(params string[] args) => AppProcess.RunAsync(AppProcess.TestApp, args, Variables(Path));

    /// <summary>The indices of the run's results, as the command prints them.</summary>
    public async Task<IReadOnlyList<int>> ResultsAsync() => [.. (await LinesAsync()).Select(line => line.GetProperty("index").GetInt32())];

    /// <summary>The run's results.</summary>
    public async Task<IReadOnlyList<JsonElement>> LinesAsync()
    {
        var exit = (await RunAsync("results", "r")).AssertCode(0);
        return [.. exit.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
    }

    /// <summary>The run's report.</summary>
    public async Task<RunReport> ReportAsync()
    {
        var status = JsonElement.Parse((await RunAsync("status", "r", "--json")).AssertCode(0).Output);
        return status.GetProperty("report").Deserialize<RunReport>(FanoutJson.Options)!;
    }

    /// <summary>Every item has one line in the results, and the report counts them so.</summary>
    public async Task AssertSucceededAsync(int items)
    {
        Assert.Equal(Enumerable.Range(0, items), await ResultsAsync());
        var report = await ReportAsync();
        Assert.Equal(RunStatus.Succeeded, report.Status);
        Assert.Equal(items, report.Total);
        Assert.Equal(items, report.Tally.Succeeded);
        Assert.Equal(items, report.Tally.Settled);
    }

    public void Dispose() => _root.Delete(recursive: true);

    private Dictionary<string, string> Variables(string home) => new()
    {
        ["FANOUT_STORAGE"] = $"azure:{Azurite.ConnectionString}",
        ["FANOUT_HUB"] = Hub.Hub,
        ["FANOUT_HOME"] = home,
        ["TESTAPP_LOG"] = LogPath,
        ["TESTAPP_WORK"] = ItemTime.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
    };
}
