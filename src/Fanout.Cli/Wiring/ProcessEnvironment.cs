using System.Reflection;
using Fanout.Cli.Driving;
using Microsoft.Win32.SafeHandles;
using Spectre.Console;

namespace Fanout.Cli.Wiring;

/// <summary>The environment of a real process: its console, clock and signals.</summary>
internal static class ProcessEnvironment
{
    private const string OwnAssembly = "Fanout.Cli";
    private const string OwnName = "fanout";
    private const int WidthWithoutTerminal = 100;

    private static Assembly Program => Assembly.GetEntryAssembly() ?? typeof(ProcessEnvironment).Assembly;

    /// <summary>Makes it.</summary>
    public static CliEnvironment Create(
        FanoutRegistry registry, Homes homes, StopSignals signals, Func<string, string?> variable)
    {
        return new CliEnvironment
        {
            ProgramName = ProgramName(),
            Version = Version(),
            Output = Console.Out,
            Error = Console.Error,
            Input = Console.In,
            OpenOutputStream = OpenOutputStream,
            Terminal = new Lazy<IAnsiConsole?>(FindTerminal),
            Width = Width(),
            Variable = variable,
            Registry = registry,
            Specs = new SpecAccess(),
            OpenHome = homes.OpenAsync,
            OpenServer = Servers.Open,
            Work = homes.WorkAsync,
            DirectoryExists = Directory.Exists,
            Signals = signals,
            Time = TimeProvider.System,
            Random = new Random(),
        };
    }

    /// <summary>Ends the process at once, as the third Ctrl+C asks.</summary>
    public static void ExitNow()
    {
        const string showCursor = "\e[?25h"; // The live display hides it.
        if (!Console.IsErrorRedirected)
            Console.Error.Write(showCursor);
        Environment.Exit(ExitCodes.Cancelled);
    }

    /// <summary>What to call this program.</summary>
    public static string ProgramName() => ProgramName(Environment.ProcessPath, Program.GetName().Name);

    /// <summary>Its version.</summary>
    public static string Version() =>
        Program.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    /// <summary>What to call the program: its file's name, unless that is the runtime's or an unrenamed apphost's.</summary>
    public static string ProgramName(string? processPath, string? assembly)
    {
        var name = Path.GetFileName(processPath) ?? "";
        if (name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase))
            name = name[..^4];
        if (name.Length == 0 || name.Equals("dotnet", StringComparison.OrdinalIgnoreCase))
            name = assembly ?? OwnName;
        return name == OwnAssembly ? OwnName : name;
    }

    // .NET's own console stream swallows writes when the reader of a pipe is gone; a plain file stream says so, and the command can end.
    // It keeps a file's offset to itself, though, so that for a file, which others may go on writing, the console's own is right.
    private static Stream OpenOutputStream()
    {
        if (OperatingSystem.IsWindows())
            return Console.OpenStandardOutput();
        var stream = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return stream.CanSeek ? Console.OpenStandardOutput() : stream;
    }

    private static IAnsiConsole? FindTerminal()
    {
        if (Console.IsErrorRedirected)
            return null;
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Profile.Capabilities.Ansi ? console : null;
    }

    private static int Width()
    {
        try
        {
            return Console.IsOutputRedirected ? WidthWithoutTerminal : Math.Clamp(Console.WindowWidth, 60, 120);
        }
        catch (IOException)
        {
            return WidthWithoutTerminal;
        }
    }
}
