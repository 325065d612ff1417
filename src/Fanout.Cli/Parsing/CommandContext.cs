using System.CommandLine;
using Fanout.Cli.Commands;
using Fanout.Cli.Rendering;
using Fanout.Cli.Wiring;
using Fanout.Runs;

namespace Fanout.Cli.Parsing;

/// <summary>One invocation: what was typed, and what is known of it so far.</summary>
internal sealed class CommandContext
{
    private const string HomeVariable = "FANOUT_HOME";
    private const string StorageVariable = "FANOUT_STORAGE";
    private const string HubVariable = "FANOUT_HUB";
    private const string StorageScheme = "azure:";
    private const string DefaultHome = ".fanout";

    private readonly GeneralFlags _flags;
    private readonly string? _home;

    public CommandContext(CliEnvironment environment, ParseResult parse, GeneralFlags flags, IReadOnlyList<string>? exec)
    {
        Environment = environment;
        Parse = parse;
        Exec = exec;
        _flags = flags;
        _home = parse.GetValue(flags.Home);
        IsAtServer = flags.AtServer.UrlOf(parse, flags.OfHomes, environment.Variable) is not null;
        Hints = new Hints(
            environment.ProgramName, _home, parse.GetValue(flags.Storage), parse.GetValue(flags.Hub), parse.GetValue(flags.AtServer.Server), parse.GetValue(flags.AtServer.KeyFrom));
    }

    public CliEnvironment Environment { get; }

    public ParseResult Parse { get; }

    /// <summary>The words after <c>--</c>; null: there was no <c>--</c>.</summary>
    public IReadOnlyList<string>? Exec { get; }

    public Hints Hints { get; }

    /// <summary>True: this is about the runs of a server, which drives them itself; false: about those of a home.</summary>
    public bool IsAtServer { get; }

    /// <summary>Answers are JSON.</summary>
    public bool Json => GeneralFlags.AsksForJson(Parse);

    /// <summary>No progress.</summary>
    public bool Quiet => Parse.GetValue(_flags.Quiet);

    /// <summary>Where the spec came from, for messages: a file, an earlier run; null: from flags.</summary>
    public string? SpecOrigin { get; set; }

    /// <summary>The kind of source that was asked for, for messages.</summary>
    public string? SourceKind { get; set; }

    /// <summary>The run at work, once there is one.</summary>
    public string? RunId { get; set; }

    /// <summary>Cancelled by the first Ctrl+C.</summary>
    public CancellationToken Stop => Environment.Signals.Stop;

    /// <summary>True when a flag of this name was typed.</summary>
    public bool IsGiven(string flag) =>
        Parse.CommandResult.Command.Options.Any(o => o.Name == flag && Parse.GetResult(o) is { Implicit: false });

    /// <summary>The home this invocation is about.</summary>
    public HomeOptions HomeOptions(TimeSpan? grace = null)
    {
        if (_home is { Length: 0 })
            throw new UsageException("--home: is empty. Give a directory.");
        var path = _home ?? NonEmpty(Environment.Variable(HomeVariable)) ?? DefaultHome;
        return new HomeOptions(Path.GetFullPath(path))
        {
            Storage = Storage(),
            Hub = Parse.GetValue(_flags.Hub) ?? NonEmpty(Environment.Variable(HubVariable)),
            Grace = grace ?? Runs.HomeOptions.DefaultGrace,
        };
    }

    /// <summary>As <see cref="HomeOptions"/>, of a command that works runs in its own process.</summary>
    /// <exception cref="UsageException">A server is given.</exception>
    public HomeOptions OwnHomeOptions(TimeSpan? grace = null) =>
        Parse.GetValue(_flags.AtServer.Server) is null && Parse.GetValue(_flags.AtServer.KeyFrom) is null
            ? HomeOptions(grace)
            : throw new UsageException($"--server: {Parse.CommandResult.Command.Name} works in this process, and a server works its own runs. Leave it out, and give the home with --home or --storage.");

    /// <summary>Opens the server that is given, or the home; it is created when it is missing.</summary>
    public Task<IFanoutHome> OpenHomeAsync(TimeSpan? grace = null) =>
        Server() is { } server ? Task.FromResult<IFanoutHome>(Environment.OpenServer(server)) : Environment.OpenHome(HomeOptions(grace), Stop);

    /// <summary>Opens the server that is given, where <see cref="IsAtServer"/>.</summary>
    public IServerHome OpenServer() => Environment.OpenServer(Server() ?? throw new InvalidOperationException("There is no server."));

    /// <summary>Opens the server that is given, or the home that a run must be in.</summary>
    /// <exception cref="RunException">There is no home, so there is no such run.</exception>
    public Task<IFanoutHome> OpenHomeOfAsync(string runId, TimeSpan? grace = null)
    {
        if (Server() is not null)
            return OpenHomeAsync(grace);
        var options = HomeOptions(grace);
        return options.Storage is not null || Environment.DirectoryExists(options.Path)
            ? Environment.OpenHome(options, Stop)
            : throw new RunException(runId, $"There is no run {runId}: there is no home at {options.Path}. Give the one it is in with --home DIR.");
    }

    /// <summary>True when there is a server or a home, so that there may be runs.</summary>
    public bool HasHome => Server() is not null || HomeOptions() is var options && (options.Storage is not null || Environment.DirectoryExists(options.Path));

    /// <summary>True when a home was named, by a flag or a variable, so that there should be one.</summary>
    public bool IsHomeNamed => _home is not null || NonEmpty(Environment.Variable(HomeVariable)) is not null;

    /// <summary>Writes a line to standard output.</summary>
    public void Print(string text) => Environment.Output.WriteLine(text);

    /// <summary>Writes a value as one line of JSON to standard output.</summary>
    public void PrintJson(object value) => Print(JsonText.Of(value));

    private ServerPlace? Server() => _flags.AtServer.Read(Parse, _flags.OfHomes, Environment.Variable);

    // Never repeated: it may hold a key.
    private string? Storage()
    {
        var (text, name) = Parse.GetValue(_flags.Storage) is { } typed ? (typed, _flags.Storage.Name) : (NonEmpty(Environment.Variable(StorageVariable)), $"${StorageVariable}");
        if (text is null)
            return null;
        return text.StartsWith(StorageScheme, StringComparison.Ordinal) && text.Length > StorageScheme.Length
            ? text[StorageScheme.Length..]
            : throw new UsageException($"{name}: does not begin with {StorageScheme} and go on with a connection. Write azure:ACCOUNT to use your identity, or azure:CONNECTION-STRING.");
    }

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
