using System.Globalization;
using System.Text.Json;
using Xunit;

namespace Fanout.Cli.Tests.Processes;

/// <summary>A home in a directory of its own, and processes that run commands on it.</summary>
internal sealed class ProcessHome : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("fanout-process-");

    public ProcessHome() => Log = new WorkLog(LogPath);

    public string Root => _root.FullName;

    public string Path => System.IO.Path.Combine(Root, "home");

    /// <summary>What the handlers of all processes did.</summary>
    public WorkLog Log { get; }

    private string LogPath => System.IO.Path.Combine(Root, "log");

    /// <summary>The words of <c>run</c> with the recording handler; the same words again continue the run.</summary>
    public string[] Run(string id, int items, params string[] more) =>
        ["run", "--range", $"0..{items}", "--handler", "record", "--id", id, "--home", Path, .. more];

    /// <summary>Starts the test program; each item takes <paramref name="work"/>.</summary>
    public AppProcess Start(string[] args, TimeSpan work = default) => AppProcess.Start(AppProcess.TestApp, args, Variables(work));

    /// <summary>The test program from start to end.</summary>
    public Task<AppExit> RunAsync(string[] args, TimeSpan work = default) => AppProcess.RunAsync(AppProcess.TestApp, args, Variables(work));

    /// <summary>The indices of a run's results, as the command prints them.</summary>
    public async Task<IReadOnlyList<int>> ResultsAsync(string id)
    {
        var exit = await AppProcess.RunAsync(AppProcess.Fanout, ["results", id, "--home", Path]);
        Assert.Equal((0, ""), (exit.Code, exit.Error));
        return [.. exit.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line).GetProperty("index").GetInt32())];
    }

    public void Dispose() => _root.Delete(recursive: true);

    public Dictionary<string, string> Variables(TimeSpan work = default) => new()
    {
        ["TESTAPP_LOG"] = LogPath,
        ["TESTAPP_WORK"] = work.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
    };
}
