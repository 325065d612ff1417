using System.Diagnostics;
using System.Text.Json;

namespace Fanout.Cli.Tests.Patterns.Support;

/// <summary>A directory to type commands in, with <c>fanout</c> on the path: the real command, each time a process of its own.</summary>
internal sealed class Shell : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("fanout-shell-");
    private readonly string _bin;

    public Shell()
    {
        WorkingDirectory = _root.CreateSubdirectory("work").FullName;
        _bin = _root.CreateSubdirectory("bin").FullName;
        var command = Path.Combine(_bin, "fanout");
        File.WriteAllText(command, $"#!/bin/sh\nexec '{DotnetPath()}' '{Path.Combine(AppContext.BaseDirectory, "Fanout.Cli.dll")}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(command, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Where commands are typed, unless they say otherwise.</summary>
    public string WorkingDirectory { get; }

    /// <summary>Runs a script to its end.</summary>
    public async Task<ShellResult> RunAsync(string script, string? directory = null)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", script])
        {
            WorkingDirectory = directory ?? WorkingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{_bin}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment.Remove("FANOUT_HOME");
        if (directory is not null)
            start.Environment["FANOUT_HOME"] = Path.Combine(WorkingDirectory, ".fanout");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new ShellResult(process.ExitCode, await output, await error);
    }

    /// <summary>A run's report.</summary>
    public async Task<JsonElement> ReportAsync(string runId) =>
        JsonElement.Parse((await RunAsync($"fanout status {runId} --json")).Output).GetProperty("report");

    /// <summary>A run's result lines, in item order.</summary>
    public async Task<IReadOnlyList<JsonElement>> ResultsAsync(string runId) =>
        [.. (await RunAsync($"fanout results {runId}")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];

    public void Dispose() => _root.Delete(recursive: true);

    private static string DotnetPath() =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path
        : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
}

/// <summary>What a script came to.</summary>
internal sealed record ShellResult(int ExitCode, string Output, string Error);
