using System.Diagnostics;
using Fanout.Azure.Tests.Support;

namespace Fanout.Benchmarks.Work;

/// <summary>Workers of an account, each a process, until they are disposed.</summary>
internal sealed class WorkerProcesses : IDisposable
{
    private readonly List<Process> _workers;

    public WorkerProcesses(Azurite azurite, int count, params string[] arguments)
    {
        Account = ["--storage", $"azure:{azurite.ConnectionString}", "--quiet"];
        _workers = [.. Enumerable.Range(0, count).Select(_ => FanoutCommand.Start(["worker", .. arguments, .. Account]))];
    }

    /// <summary>Why none can be started; null: they can.</summary>
    public static string? Unavailable =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(directory => File.Exists(Path.Combine(directory, "azurite")))
            ? null
            : "azurite is not installed.";

    /// <summary>What a command that is to use the same account is given.</summary>
    public IReadOnlyList<string> Account { get; }

    public void Dispose()
    {
        foreach (var worker in _workers)
        {
            using (worker)
            {
                worker.Kill();
                worker.WaitForExit();
            }
        }
    }
}
