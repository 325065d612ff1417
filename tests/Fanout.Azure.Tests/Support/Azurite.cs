using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Fanout.Azure.Tests.Support;

/// <summary>
/// An Azurite of its own: blobs, queues and tables of the emulator's account on loopback, at ports the system chose, kept in a directory that is
/// deleted with it. Tests share <see cref="SharedAsync"/> and keep apart by hubs; one that stops or breaks the emulator starts its own.
/// </summary>
internal sealed partial class Azurite : IAsyncDisposable
{
    private const string Account = "devstoreaccount1";

    // The emulator's published key (https://learn.microsoft.com/azure/storage/common/storage-use-azurite): no secret.
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly string[] Services = ["Blob", "Queue", "Table"];
    private static readonly Lazy<Task<Azurite>> Shared = new(() => StartAsync());
    private static int _hubs;
    private static int _fences;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("fanout-azurite-");
    private readonly int[] _ports = [0, 0, 0];
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TaskCompletionSource> _awaited = [];
    private OperationCount _operations = OperationCount.Zero;
    private Process? _process;

    private Azurite()
    {
    }

    /// <summary>The account's connection string.</summary>
    public string ConnectionString => string.Create(
        CultureInfo.InvariantCulture,
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint=http://127.0.0.1:{_ports[0]}/{Account};"
        + $"QueueEndpoint=http://127.0.0.1:{_ports[1]}/{Account};TableEndpoint=http://127.0.0.1:{_ports[2]}/{Account};");

    /// <summary>The account's blob endpoint without a path, such as <c>http://127.0.0.1:10000</c>.</summary>
    public Uri BlobEndpoint => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_ports[0]}"));

    /// <summary>The one all tests of the assembly share, started when it is first asked for; it ends with the test process.</summary>
    public static Task<Azurite> SharedAsync() => Shared.Value;

    /// <summary>One of the test's own.</summary>
    public static async Task<Azurite> StartAsync()
    {
        var azurite = new Azurite();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => azurite.Kill();
        await azurite.RunAsync();
        return azurite;
    }

    /// <summary>A hub that no other test has.</summary>
    /// <param name="configure">Changes its options; null: as they are.</param>
    public AzureStorage NewHub(Func<AzureStorageOptions, AzureStorageOptions>? configure = null)
    {
        var options = new AzureStorageOptions { Hub = string.Create(CultureInfo.InvariantCulture, $"hub{Interlocked.Increment(ref _hubs)}") };
        return AzureStorage.Connect(ConnectionString, configure is null ? options : configure(options));
    }

    /// <summary>
    /// Operations served so far, whoever asked, since the process was first started. One that was answered before this was called is among them. Tests that
    /// count have an Azurite of their own.
    /// </summary>
    public async Task<OperationCount> CountAsync()
    {
        // The log comes through a pipe, in order: when the line of this request has come, those of all before it have.
        var path = string.Create(CultureInfo.InvariantCulture, $"/{Account}/fence-{Interlocked.Increment(ref _fences)}");
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
            _awaited.Add(path, seen);
        using (var http = new HttpClient())
            (await http.GetAsync(new Uri(BlobEndpoint, path))).Dispose();
        await seen.Task.WaitAsync(TimeSpan.FromSeconds(30));
        lock (_lock)
            return _operations;
    }

    /// <summary>Ends the process; what was stored stays, and <see cref="RestartAsync"/> brings it back at the same ports.</summary>
    public void Stop()
    {
        // It saves what it stored every few seconds, and when it is asked to end: one that is killed forgets what it has answered since.
        if (_process is { HasExited: false } && !OperatingSystem.IsWindows())
        {
            using var ask = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            ask.WaitForExit();
            _process.WaitForExit(TimeSpan.FromSeconds(30));
        }

        Kill();
    }

    /// <summary>Starts it again after <see cref="Stop"/>.</summary>
    public Task RestartAsync() => RunAsync();

    public ValueTask DisposeAsync()
    {
        Kill();
        return ValueTask.CompletedTask;
    }

    private async Task RunAsync()
    {
        var start = new ProcessStartInfo("azurite") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in (string[])["--location", _directory.FullName, "--skipApiVersionCheck", "--disableTelemetry"])
            start.ArgumentList.Add(word);
        foreach (var (service, port) in Services.Zip(_ports))
        {
            start.ArgumentList.Add($"--{service.ToLowerInvariant()}Port");
            start.ArgumentList.Add(port.ToString(CultureInfo.InvariantCulture));
        }

        _process = Process.Start(start)!;
        _ = _process.StandardError.ReadToEndAsync();
        var listening = 0;
        while (listening < 3)
        {
            var line = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("Azurite ended before it listened.");
            if (Listening().Match(line) is not { Success: true } match)
                continue;
            _ports[Array.IndexOf(Services, match.Groups[1].Value)] = int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
            listening++;
        }

        _ = FollowLogAsync(_process.StandardOutput);
    }

    private async Task FollowLogAsync(StreamReader log)
    {
        while (await log.ReadLineAsync() is { } line)
        {
            lock (_lock)
            {
                if (_awaited.Keys.FirstOrDefault(path => line.Contains(path + " ", StringComparison.Ordinal)) is { } fence && _awaited.Remove(fence, out var seen))
                    seen.SetResult();
                else
                    _operations = _operations.With(line);
            }
        }
    }

    private void Kill()
    {
        if (_process is null)
            return;
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    [GeneratedRegex(@"Azurite (Blob|Queue|Table) service is successfully listening at http://[^:]+:(\d+)")]
    private static partial Regex Listening();
}
