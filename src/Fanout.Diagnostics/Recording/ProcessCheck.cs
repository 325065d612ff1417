using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Diagnostics.NETCore.Client;

namespace Fanout.Diagnostics.Recording;

/// <summary>Whether a process can be profiled from here, and if not, why.</summary>
internal static class ProcessCheck
{
    private const string Root = "0";
    private const int StartAfterName = 19;

    /// <exception cref="ProfileException">It cannot.</exception>
    public static void Require(int processId)
    {
        if (Name(processId) is not { } name)
            throw Refused(processId, "there is no such process on this machine. It may have ended meanwhile.");
        if (BelongsToAnother(processId))
            throw Refused(processId, $"{name} belongs to another user, and only its user or root may look into it. Run this as that user.");
        if (Listens(processId))
            return;
        throw Refused(processId, HasRuntime(processId)
            ? $"{name} has its diagnostics turned off (DOTNET_EnableDiagnostics or DOTNET_EnableDiagnostics_IPC is 0), or another directory for temporary files (TMPDIR). Start it again without the one, or set TMPDIR here to what it is there."
            : $"{name} is no .NET process. Give the id of one that works runs.");
    }

    private static ProfileException Refused(int processId, string why) =>
        new(string.Create(CultureInfo.InvariantCulture, $"Process {processId} cannot be profiled: {why}")) { IsRefusal = true };

    private static string? Name(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return process.HasExited ? null : process.ProcessName;
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            return null;
        }
        catch (Win32Exception)
        {
            return "it"; // It is there, and is not to be looked at.
        }
    }

    // The socket's name holds when the process started, as proc(5) tells it: one that was killed leaves its own behind, and its id is used again.
    private static bool Listens(int processId)
    {
        if (!OperatingSystem.IsLinux())
            return DiagnosticsClient.GetPublishedProcesses().Contains(processId);
        var stat = Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat")).FirstOrDefault("");
        // The name, in parentheses, may hold spaces; the start is the 22nd of all, the 20th after it.
        return stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > StartAfterName } after
            && File.Exists(Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"dotnet-diagnostic-{processId}-{after[StartAfterName]}-socket")));
    }

    // proc(5): the second figure of Uid is the effective user.
    private static bool BelongsToAnother(int processId)
    {
        if (!OperatingSystem.IsLinux() || UserOf("self") is not { } own || own == Root)
            return false;
        return UserOf(processId.ToString(CultureInfo.InvariantCulture)) is { } user && user != own;
    }

    private static string? UserOf(string process) => Read($"/proc/{process}/status")
        .FirstOrDefault(line => line.StartsWith("Uid:", StringComparison.Ordinal))?.Split('\t') is [_, _, var effective, ..] ? effective : null;

    private static bool HasRuntime(int processId) =>
        !OperatingSystem.IsLinux() || Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/maps")).Any(line => line.Contains("coreclr", StringComparison.Ordinal));

    private static string[] Read(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
