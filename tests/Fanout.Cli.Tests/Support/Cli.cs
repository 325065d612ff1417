using Fanout.Cli.Driving;
using Fanout.Cli.Parsing;
using Fanout.Cli.Wiring;
using Fanout.Dispatch;
using Fanout.Runs;
using Spectre.Console;

namespace Fanout.Cli.Tests.Support;

/// <summary>The command line over a fake home, with its texts kept.</summary>
internal sealed class Cli : IDisposable
{
    public Cli()
    {
        Signals = new StopSignals(() => ExitedAtOnce = true);
        Time = new HurryingTime();
        Home = new FakeHome();
    }

    /// <summary>Over a home that has this run.</summary>
    public static Cli WithRun(RunRecord record)
    {
        var cli = new Cli();
        cli.Home.Runs[record.Id] = record;
        return cli;
    }

    public FakeHome Home { get; }

    public HurryingTime Time { get; }

    /// <summary>Another clock than <see cref="Time"/>.</summary>
    public TimeProvider? Clock { get; init; }

    public StopSignals Signals { get; }

    public bool ExitedAtOnce { get; private set; }

    public Dictionary<string, string> Variables { get; } = [];

    public StringWriter Out { get; } = new() { NewLine = "\n" };

    public StringWriter Err { get; } = new() { NewLine = "\n" };

    public MemoryStream OutBytes { get; } = new();

    public Stream? OutStream { get; init; }

    public IAnsiConsole? Terminal { get; init; }

    public string Input { get; init; } = "";

    public FanoutRegistry? Registry { get; init; }

    public Func<HomeOptions, Task<IFanoutHome>>? OpenHome { get; init; }

    public Func<ServerPlace, IServerHome> OpenServer { get; init; } = Servers.Open;

    /// <summary>What working batches comes to.</summary>
    public Func<BatchWorkerOptions, CancellationToken, Task> OnWork { get; init; } = (_, _) => Task.CompletedTask;

    public string Output => Out.ToString().ReplaceLineEndings("\n");

    public string Error => Err.ToString().ReplaceLineEndings("\n");

    public string Printed => System.Text.Encoding.UTF8.GetString(OutBytes.ToArray());

    public Task<int> RunAsync(params string[] args) => CommandLine.RunAsync(args, CreateEnvironment());

    public CliEnvironment CreateEnvironment() => new()
    {
        ProgramName = "fanout",
        Version = "1.2.3",
        Output = Out,
        Error = Err,
        Input = new StringReader(Input),
        OpenOutputStream = () => OutStream ?? OutBytes,
        Terminal = new Lazy<IAnsiConsole?>(Terminal),
        Width = 100,
        Variable = name => Variables.GetValueOrDefault(name),
        Registry = Registry ?? Home.Registry,
        Specs = new SpecAccess(),
        OpenHome = (options, _) =>
        {
            Home.Options = options;
            return OpenHome is null ? Task.FromResult<IFanoutHome>(Home) : OpenHome(options);
        },
        OpenServer = OpenServer,
        Work = (options, worker, stop, abort) =>
        {
            Home.Options = options;
            return OnWork(worker, stop);
        },
        DirectoryExists = path => !Path.GetFileName(path).StartsWith("missing", StringComparison.Ordinal),
        Signals = Signals,
        Time = Clock ?? Time,
        Random = new Random(1),
    };

    public void Dispose()
    {
        Signals.Dispose();
        Out.Dispose();
        Err.Dispose();
        OutBytes.Dispose();
    }
}
