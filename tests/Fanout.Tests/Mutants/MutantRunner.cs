using System.Diagnostics;

namespace Fanout.Tests.Mutants;

/// <summary>Builds a copy of the tree with a mutant in it and runs its test there. The copy stays for the next, so that only what differs is built.</summary>
/// <param name="root">The tree.</param>
/// <param name="copy">Where its copy is, or is to be.</param>
internal sealed class MutantRunner(string root, string copy)
{
    private static readonly TimeSpan MostTime = TimeSpan.FromMinutes(8);
    private static readonly HashSet<string> Left = new(StringComparer.Ordinal) { "bin", "obj", "node_modules", ".git", "infra" };

    /// <summary>True: its test failed, as it must. What was printed tells why.</summary>
    public async Task<(bool IsCaught, string Output)> RunAsync(Mutant mutant)
    {
        Synchronize();
        var path = Path.Combine(copy, mutant.File);
        await File.WriteAllTextAsync(path, mutant.Apply(await File.ReadAllTextAsync(path)));
        try
        {
            var built = await DotnetAsync("build", $"tests/{mutant.Project}", "-m:1", "-p:RunAnalyzers=false", "-v", "q", "-nologo");
            if (built.ExitCode != 0)
                throw new InvalidOperationException($"With mutant '{mutant.Name}' it does not build:\n{built.Output}");
            var tested = await DotnetAsync("test", $"tests/{mutant.Project}", "--no-build", "--filter", $"FullyQualifiedName~{mutant.Test}", "--blame-hang-timeout", "2m");
            return (tested.ExitCode != 0 && !tested.Output.Contains("No test matches", StringComparison.Ordinal), tested.Output);
        }
        finally
        {
            File.Copy(Path.Combine(root, mutant.File), path, overwrite: true);
        }
    }

    // A file that is written anew is built anew: only what differs is copied.
    private void Synchronize()
    {
        var wanted = Files(root).ToHashSet(StringComparer.Ordinal);
        foreach (var file in wanted)
        {
            var (from, to) = (Path.Combine(root, file), Path.Combine(copy, file));
            if (File.Exists(to) && File.ReadAllBytes(from).AsSpan().SequenceEqual(File.ReadAllBytes(to)))
                continue;
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(from, to, overwrite: true);
            File.SetLastWriteTimeUtc(to, TimeProvider.System.GetUtcNow().UtcDateTime);
        }

        foreach (var file in Files(copy).Where(file => !wanted.Contains(file)))
            File.Delete(Path.Combine(copy, file));
    }

    private static IEnumerable<string> Files(string directory) => !Directory.Exists(directory) ? [] : Walk(directory).Select(path => Path.GetRelativePath(directory, path));

    private static IEnumerable<string> Walk(string directory) => Directory.EnumerateFiles(directory)
        .Concat(Directory.EnumerateDirectories(directory).Where(child => !Left.Contains(Path.GetFileName(child))).SelectMany(Walk));

    private async Task<(int ExitCode, string Output)> DotnetAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = copy, RedirectStandardOutput = true, RedirectStandardError = true };
        // What of this run is for the tests here is not for theirs.
        foreach (var variable in (string[])[MutantTheoryAttribute.Variable, "MSBUILD_EXE_PATH", "MSBuildSDKsPath", "MSBuildExtensionsPath", "VSTEST_HOST_DEBUG"])
            start.Environment.Remove(variable);
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(MostTime, TimeProvider.System);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return (-1, $"It did not end within {MostTime}.");
        }

        return (process.ExitCode, await output + await errors);
    }
}
