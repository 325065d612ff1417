namespace Fanout.Results;

/// <summary>Turns what the file system throws into a message that says where, what happened, and what to do.</summary>
internal static class StorageFailure
{
    // errno on Linux and macOS; .NET passes those it has no exception type for on as the HResult.
    private const int ErrorNoSpace = 28;
    private const int ErrorReadOnly = 30;
    private const int ErrorTooManyOpenFiles = 24;
    private const int ErrorQuotaLinux = 122;
    private const int ErrorQuotaMac = 69;

    // HRESULT_FROM_WIN32 of ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL, ERROR_WRITE_PROTECT.
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);
    private const int WindowsWriteProtected = unchecked((int)0x80070013);

    public static bool IsStorage(Exception failure) => failure is IOException or UnauthorizedAccessException || IsFileTooLarge(failure);

    public static StorageException Explain(string verb, string path, Exception failure) =>
        new($"Cannot {verb} '{path}': {Reason(failure)}", failure);

    public static T Guard<T>(string verb, string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception failure) when (IsStorage(failure))
        {
            throw Explain(verb, path, failure);
        }
    }

    public static void Guard(string verb, string path, Action action) =>
        Guard(verb, path, () =>
        {
            action();
            return true;
        });

    // .NET's name for EFBIG, whichever call meets it.
    private static bool IsFileTooLarge(Exception failure) => failure is ArgumentOutOfRangeException { ParamName: "value" };

    private static string Reason(Exception failure) => failure switch
    {
        _ when IsFileTooLarge(failure) =>
            "the file would be larger than the file system or the limit of this process (ulimit -f) allows. Raise the limit or choose another directory, then continue the run.",
        UnauthorizedAccessException => "access is denied. Grant this user write access to the directory, or choose another one.",
        FileNotFoundException or DirectoryNotFoundException => "it does not exist. Restore it, or purge the run if its results were deleted on purpose.",
        { HResult: ErrorNoSpace or WindowsDiskFull or WindowsHandleDiskFull } =>
            "the disk is full. Free some space, then continue the run; nothing recorded so far is lost.",
        { HResult: ErrorQuotaLinux or ErrorQuotaMac } =>
            "the disk quota is used up. Free some space, then continue the run; nothing recorded so far is lost.",
        { HResult: ErrorReadOnly or WindowsWriteProtected } =>
            "the file system is read-only. Make it writable, or choose another directory.",
        { HResult: ErrorTooManyOpenFiles } =>
            "this process has too many files open. Raise the limit (ulimit -n), or run fewer lanes.",
        _ => $"{failure.Message.TrimEnd('.')}. Check the disk and the directory, then continue the run.",
    };
}
