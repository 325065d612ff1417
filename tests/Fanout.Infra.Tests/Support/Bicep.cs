using System.Diagnostics;
using System.Reflection;

namespace Fanout.Infra.Tests.Support;

/// <summary>The bicep compiler, from its package.</summary>
internal static class Bicep
{
    private static readonly string Command = typeof(Bicep).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "BicepPath").Value!;

    /// <summary>Runs it to its end. Of the variables that main.bicepparam reads it sees only those that are given.</summary>
    public static async Task<BicepResult> RunAsync(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(Command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("AZURE_", StringComparison.Ordinal) || name.StartsWith("FANOUT_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new BicepResult(process.ExitCode, await output, await error);
    }
}

/// <summary>What it came to. Warnings and errors are on <see cref="Error"/>.</summary>
internal sealed record BicepResult(int ExitCode, string Output, string Error);
