using System.Diagnostics;

namespace Fanout.Benchmarks.Harness;

/// <summary>Runs other programs.</summary>
internal static class Processes
{
    /// <summary>Starts a program whose output nobody reads.</summary>
    public static Process Start(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        process.StandardInput.Close();
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    /// <summary>Runs a program to its end; how long that took.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static TimeSpan Run(string program, params IEnumerable<string> arguments)
    {
        var started = Stopwatch.GetTimestamp();
        using var process = Start(program, arguments);
        var complaint = process.StandardError.ReadToEnd();
        process.WaitForExit();
        var elapsed = Stopwatch.GetElapsedTime(started);
        return process.ExitCode == 0 ? elapsed : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {complaint}");
    }
}
