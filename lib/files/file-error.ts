/** What a file that someone else wrote has wrong; its message begins with the file and names the field. */
export class FileError extends Error {
  override name = 'FileError';

  /**
   * @param file  its path
   * @param what  the field, what it was and what it should be, as in `vertex count must be at most 9, but is 12`
   */
  constructor(file: string, what: string) {
    super(`${file}: ${what}`);
  }
}
