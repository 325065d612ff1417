using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Xunit;

namespace Fanout.Cli.Tests.Processes;

/// <summary>A command line as a process of its own, as a shell would start it.</summary>
internal sealed partial class AppProcess : IAsyncDisposable
{
    /// <summary>The command itself.</summary>
    public const string Fanout = "Fanout.Cli.dll";

    /// <summary>A user's program around it, whose handler <c>record</c> leaves a <see cref="WorkLog"/>.</summary>
    public const string TestApp = "Fanout.TestApp.dll";

    public const int SigInt = 2;
    public const int SigTerm = 15;
    public const int SigCont = 18;
    public const int SigStop = 19;

    // Far beyond what anything here takes; it only ends a test that hangs.
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly List<string> _errorLines = [];
    private readonly Channel<string> _errorLinesUnread = Channel.CreateUnbounded<string>();
    private readonly Task _error;

    private AppProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = ReadErrorAsync();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Completes when it has ended, however long that takes.</summary>
    public Task Ended => _process.WaitForExitAsync();

    /// <summary>Starts it through a shell's <paramref name="before"/>, such as <c>ulimit -f 100</c>, if given.</summary>
    public static AppProcess Start(string app, IEnumerable<string> args, IReadOnlyDictionary<string, string>? environment = null, string? before = null)
    {
        var start = new ProcessStartInfo { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        string[] command = [Dotnet(), "exec", Path.Combine(AppContext.BaseDirectory, app), .. args];
        if (before is not null)
            command = ["/bin/sh", "-c", $"{before}; exec \"$@\"", "sh", .. command];
        start.FileName = command[0];
        foreach (var word in command.Skip(1))
            start.ArgumentList.Add(word);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return new AppProcess(Process.Start(start)!);
    }

    /// <summary>Starts it and waits for its end.</summary>
    public static async Task<AppExit> RunAsync(string app, IEnumerable<string> args, IReadOnlyDictionary<string, string>? environment = null, string? before = null)
    {
        await using var process = Start(app, args, environment, before);
        return await process.ExitAsync();
    }

    /// <summary>Its end: exit code and all it wrote.</summary>
    /// <param name="within">Ends a test that hangs; null: in 5 min.</param>
    public async Task<AppExit> ExitAsync(TimeSpan? within = null)
    {
        using var deadline = new CancellationTokenSource(within ?? Deadline, TimeProvider.System);
        await _process.WaitForExitAsync(deadline.Token);
        await _error.WaitAsync(deadline.Token);
        return new AppExit(_process.ExitCode, await _output.WaitAsync(deadline.Token), string.Join('\n', _errorLines));
    }

    /// <summary>Waits for a line on standard error that contains <paramref name="text"/>, and returns it.</summary>
    public async Task<string> SaysAsync(string text)
    {
        using var deadline = new CancellationTokenSource(Deadline, TimeProvider.System);
        string line;
        do
            line = await _errorLinesUnread.Reader.ReadAsync(deadline.Token);
        while (!line.Contains(text, StringComparison.Ordinal));
        return line;
    }

    /// <summary>SIGKILL; the process is gone when this returns.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitAsync();
    }

    public void Signal(int signal)
    {
        if (Kill(_process.Id, signal) != 0)
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"kill({_process.Id}, {signal}) failed: errno {Marshal.GetLastPInvokeError()}"));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    private async Task ReadErrorAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            _errorLines.Add(line);
            _errorLinesUnread.Writer.TryWrite(line);
        }

        _errorLinesUnread.Writer.TryComplete();
    }

    // Tests run under the dotnet they were started with.
    private static string Dotnet() =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}

/// <summary>What became of a process.</summary>
internal sealed record AppExit(int Code, string Output, string Error)
{
    /// <summary>Fails, with all it wrote, unless it ended with this exit code and left no stack trace behind.</summary>
    public AppExit AssertCode(int code)
    {
        Assert.True(Code == code, string.Create(CultureInfo.InvariantCulture, $"Exit code {Code} instead of {code}.\n{Output}\n{Error}"));
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
        return this;
    }
}
