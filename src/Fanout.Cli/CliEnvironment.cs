using Fanout.Cli.Driving;
using Fanout.Cli.Wiring;
using Fanout.Dispatch;
using Fanout.Runs;
using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace Fanout.Cli;

/// <summary>Everything outside that the command line touches.</summary>
internal sealed class CliEnvironment
{
    /// <summary>What hints call the command: <c>fanout</c>, or the name of the user's own program.</summary>
    public required string ProgramName { get; init; }

    /// <summary>What <c>--version</c> prints.</summary>
    public required string Version { get; init; }

    /// <summary>Reports and answers.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Messages and progress.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Standard input, for <c>--spec -</c>.</summary>
    public required TextReader Input { get; init; }

    /// <summary>Standard output as bytes; unlike <see cref="Output"/> it fails when the reader is gone.</summary>
    public required Func<Stream> OpenOutputStream { get; init; }

    /// <summary>The terminal on standard error, for the live display; null: it is none.</summary>
    public required Lazy<IAnsiConsole?> Terminal { get; init; }

    /// <summary>Width that help and tables may use.</summary>
    public required int Width { get; init; }

    /// <summary>Environment variables.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>What specs may name.</summary>
    public required FanoutRegistry Registry { get; init; }

    /// <summary>Reads specs.</summary>
    public required ISpecAccess Specs { get; init; }

    /// <summary>Opens a home.</summary>
    public required Func<HomeOptions, CancellationToken, Task<IFanoutHome>> OpenHome { get; init; }

    /// <summary>Opens a server; nothing is asked of it yet.</summary>
    public required Func<ServerPlace, IServerHome> OpenServer { get; init; }

    /// <summary>Works batches of the runs in a storage account until the first token is cancelled, then ends them within the grace period; the second ends it at once.</summary>
    public required Func<HomeOptions, BatchWorkerOptions, CancellationToken, CancellationToken, Task> Work { get; init; }

    /// <summary>True when there is a directory of that path.</summary>
    public required Func<string, bool> DirectoryExists { get; init; }

    /// <summary>Ctrl+C and SIGTERM.</summary>
    public required StopSignals Signals { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Randomness for run ids.</summary>
    public required Random Random { get; init; }

    /// <summary>Where log lines go while a run is shown; null: to <see cref="Error"/>.</summary>
    public Action<string>? Log { get; set; }

    /// <summary>How what has logging of its own, a server, logs. Default: as lines, where messages go.</summary>
    public Action<ILoggingBuilder>? ConfigureLogging { get; set; }

    /// <summary>Writes a log line.</summary>
    public void WriteLog(string line)
    {
        if (Log is { } log)
            log(line);
        else
            Error.WriteLine(line);
    }
}
